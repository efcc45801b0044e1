package dev.reflux.common.launch;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** The version of Reflux and of Java, as {@code --version} prints them. */
public final class RefluxVersion implements IVersionProvider {

    @Override
    public String[] getVersion() {
        String version = Optional.ofNullable(RefluxVersion.class.getPackage().getImplementationVersion())
                .orElse("development");
        return new String[] {"reflux " + version, "Java " + Runtime.version()};
    }
}
