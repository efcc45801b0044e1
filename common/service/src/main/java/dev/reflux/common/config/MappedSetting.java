package dev.reflux.common.config;

import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import io.smallrye.config.WithParentName;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * One setting of a configuration interface, as its method declares it.
 *
 * @param key full key
 * @param type class that one value converts to
 * @param isList whether the setting holds several values
 * @param optional whether no value need be given
 * @param bounds allowed values
 * @param setting the setting as the reference shows it
 */
record MappedSetting(String key, Class<?> type, boolean isList, boolean optional, Bounds bounds, Setting setting) {

    private static final Map<Class<?>, Class<?>> BOXES = Map.of(
            int.class, Integer.class,
            long.class, Long.class,
            double.class, Double.class,
            float.class, Float.class,
            boolean.class, Boolean.class,
            OptionalInt.class, Integer.class,
            OptionalLong.class, Long.class,
            OptionalDouble.class, Double.class);
    private static final Map<Class<?>, String> TYPE_NAMES = Map.of(
            String.class, "text",
            Integer.class, "integer",
            Long.class, "integer",
            Double.class, "number",
            Float.class, "number",
            Boolean.class, "true or false",
            Duration.class, "ISO 8601 duration");

    /** Returns the settings of a mapping interface, in the order of their keys. */
    static List<MappedSetting> of(Class<?> mapping, String prefix) {
        List<MappedSetting> settings = new ArrayList<>();
        collect(mapping, prefix, settings);
        settings.sort(Comparator.comparing(MappedSetting::key));
        return settings;
    }

    /** Returns whether the setting is a map, whose keys are free. */
    boolean isMap() {
        return Map.class.isAssignableFrom(type);
    }

    /** Returns whether a key of a source sets this setting; an element of a list has its index behind the key. */
    boolean takes(String given) {
        if (isMap()) {
            return given.startsWith(key.substring(0, key.length() - 1));
        }
        return given.equals(key) || isList && given.startsWith(key + "[");
    }

    private static void collect(Class<?> mapping, String prefix, List<MappedSetting> settings) {
        for (Method method : mapping.getMethods()) {
            if (method.isDefault() || method.getParameterCount() > 0) {
                continue;
            }
            String key = method.isAnnotationPresent(WithParentName.class) ? prefix : prefix + "." + nameOf(method);
            Class<?> type = method.getReturnType();
            if (type.isInterface() && type.getName().startsWith("dev.reflux.")) {
                collect(type, key, settings);
            } else {
                settings.add(leaf(method, Map.class.isAssignableFrom(type) ? key + ".*" : key));
            }
        }
    }

    private static String nameOf(Method method) {
        WithName name = method.getAnnotation(WithName.class);
        return name != null
                ? name.value()
                : method.getName().replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }

    private static MappedSetting leaf(Method method, String key) {
        Class<?> declared = method.getReturnType();
        Class<?> type = valueType(method.getGenericReturnType());
        boolean optional = declared == Optional.class
                || declared == OptionalInt.class
                || declared == OptionalLong.class
                || declared == OptionalDouble.class
                || Map.class.isAssignableFrom(declared);
        Bounds bounds = new Bounds(method.getAnnotation(Range.class), method.getAnnotation(AtLeast.class));
        Optional<String> defaultValue =
                Optional.ofNullable(method.getAnnotation(WithDefault.class)).map(WithDefault::value);
        Optional<Description> description = Optional.ofNullable(method.getAnnotation(Description.class));
        return new MappedSetting(
                key,
                type,
                isList(method.getGenericReturnType()),
                optional,
                bounds,
                new Setting(
                        key,
                        typeName(method.getGenericReturnType(), type),
                        defaultValue,
                        defaultValue.isEmpty() && !optional,
                        description.map(Description::unset).orElse(""),
                        bounds.words(),
                        description.map(Description::value).orElse("")));
    }

    /** Returns the class of one value: what an Optional or a list holds, boxed. */
    private static Class<?> valueType(Type type) {
        if (type instanceof ParameterizedType generic && generic.getRawType() instanceof Class<?> raw) {
            return Map.class.isAssignableFrom(raw) ? raw : valueType(generic.getActualTypeArguments()[0]);
        }
        Class<?> plain = (Class<?>) type;
        return BOXES.getOrDefault(plain, plain);
    }

    private static String typeName(Type declared, Class<?> value) {
        if (Map.class.isAssignableFrom(value)) {
            return "map of texts";
        }
        String one = value.isEnum()
                ? Arrays.stream(value.getEnumConstants())
                        .map(String::valueOf)
                        .collect(Collectors.joining(", ", "one of ", ""))
                : TYPE_NAMES.getOrDefault(value, value.getSimpleName());
        return isList(declared) ? "list of " + one + "s" : one;
    }

    private static boolean isList(Type declared) {
        return declared.getTypeName().contains(List.class.getName() + "<");
    }
}
