package dev.reflux.registry;

import dev.reflux.common.model.Sha256;
import dev.reflux.registry.signing.TrustFile;
import dev.reflux.registry.store.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Walks everything of a model line: numbers, manifests, signatures, files, aliases. Changes nothing. */
final class RegistryCheck {

    private final ObjectStore store;
    private final ModelRegistry registry;
    private final String model;
    private final Optional<TrustFile> trust;
    private final List<String> findings = new ArrayList<>();
    private int versions;
    private int files;

    RegistryCheck(ObjectStore store, ModelRegistry registry, String model, Optional<TrustFile> trust) {
        this.store = store;
        this.registry = registry;
        this.model = model;
        this.trust = trust;
    }

    CheckReport run() {
        List<Long> there = ModelRegistry.versionLog(store, model).numbers();
        Set<Long> removed = new HashSet<>(Reaper.removedLog(store, model).numbers());
        long highest = there.isEmpty() ? 0 : there.get(there.size() - 1);
        for (long number = 1; number <= highest; number++) {
            if (there.contains(number)) {
                look(number);
            } else if (!removed.contains(number)) {
                findings.add(model + " has no version " + number + ", and nobody removed it.");
            }
        }
        aliases(there);
        return new CheckReport(versions, files, List.copyOf(findings));
    }

    private void look(long number) {
        versions++;
        StudentVersion version;
        try {
            version = registry.require(model, String.valueOf(number));
            trust.ifPresent(keys -> registry.distrust(version, keys).ifPresent(findings::add));
        } catch (RegistryException e) {
            findings.add(sentence(e));
            return;
        }
        version.artifacts().forEach((artifact, blob) -> {
            files++;
            String of = artifact.fileName() + " of " + model + " version " + number;
            store.open(blob.key()).ifPresentOrElse(in -> hash(in, blob, of), () -> findings.add(of + " is missing."));
        });
    }

    private void hash(InputStream stream, StudentVersion.Blob blob, String of) {
        try (InputStream in = stream) {
            MessageDigest digest = Sha256.digest();
            byte[] buffer = new byte[1 << 16];
            for (int n; (n = in.read(buffer)) > 0; ) {
                digest.update(buffer, 0, n);
            }
            if (!HexFormat.of().formatHex(digest.digest()).equals(blob.sha256())) {
                findings.add(of + " is not the one its manifest names: its sha256 differs.");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void aliases(List<Long> there) {
        try {
            registry.aliases(model).forEach((alias, version) -> {
                trust.ifPresent(keys -> findings.addAll(registry.distrustHistory(model, alias, keys)));
                if (!there.contains(version)) {
                    findings.add("The alias " + alias + " of " + model + " points at version " + version
                            + ", which is not there.");
                }
            });
        } catch (RegistryException e) {
            findings.add(sentence(e));
        }
    }

    private static String sentence(RegistryException e) {
        return String.valueOf(e.getMessage());
    }
}
