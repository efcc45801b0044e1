package dev.reflux.common.config;

import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import io.smallrye.config.WithParentName;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the keys of a mapping interface off its methods. */
final class ConfigKeys {

    private ConfigKeys() {}

    static void collect(Class<?> mapping, String prefix, Map<String, String> keys) {
        List<Method> methods = Arrays.stream(mapping.getMethods())
                .filter(method -> !method.isDefault() && method.getParameterCount() == 0)
                .sorted(Comparator.comparing(Method::getName))
                .toList();
        for (Method method : methods) {
            String key = method.isAnnotationPresent(WithParentName.class) ? prefix : prefix + "." + nameOf(method);
            Class<?> type = method.getReturnType();
            if (type.isInterface() && type.getName().startsWith("dev.reflux.")) {
                collect(type, key, keys);
            } else if (Map.class.isAssignableFrom(type)) {
                keys.put(key + ".*", "");
            } else {
                keys.put(key, defaultOf(method));
            }
        }
    }

    private static String nameOf(Method method) {
        WithName name = method.getAnnotation(WithName.class);
        return name != null
                ? name.value()
                : method.getName().replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(java.util.Locale.ROOT);
    }

    private static String defaultOf(Method method) {
        WithDefault given = method.getAnnotation(WithDefault.class);
        if (given != null) {
            return given.value();
        }
        Type type = method.getGenericReturnType();
        boolean optional = type instanceof ParameterizedType p && p.getRawType() == Optional.class;
        return optional ? "(none)" : "(required)";
    }
}
