package dev.reflux.registry.store;

import dev.reflux.common.model.Sha256;
import dev.reflux.registry.client.LogHeadCache;
import dev.reflux.registry.client.LogReader;
import dev.reflux.registry.client.ObjectSource;
import dev.reflux.registry.client.RegistryReader;
import dev.reflux.registry.format.BucketLayout;
import dev.reflux.registry.format.RegistryException;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.format.signing.TrustFile;
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

/** Checks everything of a model line: numbers, manifests, signatures, artifacts, aliases. Changes nothing. One thread. */
final class RegistryCheck {

    private final ObjectSource store;
    private final RegistryReader registry;
    private final RegistryCatalog catalog;
    private final String model;
    private final Optional<TrustFile> trust;
    private final List<String> findings = new ArrayList<>();
    private int versions;
    private int files;

    RegistryCheck(ObjectSource store, String model, Optional<TrustFile> trust) {
        this.store = store;
        this.registry = new RegistryReader(store);
        this.catalog = new RegistryCatalog(store);
        this.model = model;
        this.trust = trust;
    }

    CheckReport run() {
        List<Long> there = registry.versions(model).numbers();
        LogReader removal = new LogReader(store, BucketLayout.removed(model), new LogHeadCache());
        Set<Long> removed = new HashSet<>(removal.numbers());
        long highest = there.isEmpty() ? 0 : there.get(there.size() - 1);
        for (long number = 1; number <= highest; number++) {
            if (there.contains(number)) {
                check(number);
            } else if (!removed.contains(number)) {
                findings.add(model + " has no version " + number + ", and it was not removed by a reaper.");
            }
        }
        aliases(there);
        return new CheckReport(versions, files, List.copyOf(findings));
    }

    private void check(long number) {
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
            String of = artifact.fileName() + " of " + model + " version " + number;
            check(blob, of);
        });
        StudentVersion.Blob fates = version.lineage().fates();
        if (fates != null) {
            check(fates, "fates.json of " + model + " version " + number);
        }
    }

    private void check(StudentVersion.Blob blob, String of) {
        files++;
        store.open(blob.key()).ifPresentOrElse(in -> hash(in, blob, of), () -> findings.add(of + " is missing."));
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
            catalog.aliases(model).forEach((alias, version) -> {
                trust.filter(TrustFile::asksForSignedAliases).ifPresent(keys -> distrustHistory(alias, keys));
                if (!there.contains(version)) {
                    findings.add("The alias " + alias + " of " + model + " points at version " + version
                            + ", which does not exist.");
                }
            });
        } catch (RegistryException e) {
            findings.add(sentence(e));
        }
    }

    private void distrustHistory(String alias, TrustFile keys) {
        catalog.pointers(model, alias).forEach(pointer -> pointer.distrust(keys).ifPresent(findings::add));
    }

    private static String sentence(RegistryException e) {
        return String.valueOf(e.getMessage());
    }
}
