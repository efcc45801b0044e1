package dev.reflux.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} says. */
final class RefluxVersion implements IVersionProvider {

    @Override
    public String[] getVersion() {
        String version = Optional.ofNullable(dev.reflux.common.failure.UsageException.class
                        .getPackage()
                        .getImplementationVersion())
                .orElse("development");
        return new String[] {"reflux " + version, "Java " + Runtime.version()};
    }
}
