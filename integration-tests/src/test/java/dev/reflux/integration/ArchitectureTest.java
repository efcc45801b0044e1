package dev.reflux.integration;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodReference;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The house as docs/architecture.md draws it: who may use whom, and what no room may hold. */
@AnalyzeClasses(packages = "dev.reflux", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    /** What the application puts together. */
    private static final List<String> PRODUCT = List.of(
            "common",
            "embedded",
            "datasets",
            "evaluation",
            "torch",
            "registry",
            "fleet",
            "teacher",
            "trainer",
            "audit");

    /** Module package → the module packages that it may use. */
    private static final Map<String, List<String>> MAY_USE = Map.ofEntries(
            Map.entry("common", List.of()),
            Map.entry("embedded", List.of()),
            Map.entry("datasets", List.of("common")),
            Map.entry("evaluation", List.of("common")),
            Map.entry("torch", List.of("common")),
            Map.entry("registry", List.of("common")),
            Map.entry("fleet", List.of("common", "registry")),
            Map.entry("teacher", List.of("common", "datasets", "evaluation", "torch")),
            Map.entry("trainer", List.of("common", "evaluation", "torch", "registry")),
            Map.entry("audit", List.of("common", "registry")),
            Map.entry("quickstart", PRODUCT),
            Map.entry("cli", and(PRODUCT, "quickstart")),
            Map.entry("benchmarks", and(PRODUCT, "quickstart", "cli")),
            Map.entry("lab", and(PRODUCT, "quickstart", "cli", "benchmarks")));

    /** Room of the registry or the fleet client → the rooms of the two that it may use. */
    private static final Map<String, List<String>> ROOMS = Map.of(
            "registry.format", List.of(),
            "registry.client", List.of("registry.format"),
            "registry.store", List.of("registry.format", "registry.client"),
            "registry.gate", List.of("registry.format", "registry.client", "registry.store"),
            "registry.server", List.of("registry.format", "registry.client", "registry.store"),
            "fleet.pull", List.of("registry.format", "registry.client"),
            "fleet.watch", List.of("registry.format", "registry.client", "fleet.pull"),
            "fleet.report", List.of("registry.format", "registry.client"),
            "fleet.push", List.of(),
            "fleet.announce", List.of());

    private static final Set<String> DEPENDS_ON_THE_PLACE = Set.of(
            "Locale.getDefault",
            "TimeZone.getDefault",
            "ZoneId.systemDefault",
            "Clock.systemDefaultZone",
            "Calendar.getInstance",
            "Charset.defaultCharset");

    /** A reference has no place for a locale. */
    private static final Set<String> REFERENCES = Set.of(
            "String.format",
            "String.formatted",
            "String.toLowerCase",
            "String.toUpperCase",
            "String.getBytes",
            "PrintStream.printf",
            "PrintWriter.printf");

    @ArchTest
    static final ArchRule DJL_STAYS_WITH_THE_MODELS = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.reflux.common..",
                    "dev.reflux.datasets..",
                    "dev.reflux.embedded..",
                    "dev.reflux.evaluation..",
                    "dev.reflux.registry..",
                    "dev.reflux.fleet..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl..");

    @ArchTest
    static final ArchRule VERTX_STAYS_WITH_THE_SERVICES_THAT_REACT = noClasses()
            .that()
            .resideOutsideOfPackages("dev.reflux.teacher..", "dev.reflux.registry.server..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.vertx..");

    @ArchTest
    static final ArchRule MINIO_STAYS_IN_THE_REGISTRYS_STORE = noClasses()
            .that()
            .resideOutsideOfPackage("dev.reflux.registry.store..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.minio..");

    /** An audit that shared their code would repeat their mistakes: it is written from the formats. */
    @ArchTest
    static final ArchRule THE_AUDIT_READS_FORMATS_ALONE = noClasses()
            .that()
            .resideInAPackage("dev.reflux.audit..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.reflux.trainer..",
                    "dev.reflux.teacher..",
                    "dev.reflux.evaluation..",
                    "dev.reflux.registry.store..",
                    "dev.reflux.common.codec..");

    @ArchTest
    static final ArchRule THE_BROKERS_INSIDES_STAY_EMBEDDED = noClasses()
            .that()
            .resideOutsideOfPackage("dev.reflux.embedded..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("kafka..", "org.gaul..");

    @ArchTest
    static final ArchRule NO_MUTABLE_STATICS = fields().that()
            .areStatic()
            .and()
            .areDeclaredInClassesThat()
            .resideOutsideOfPackages("dev.reflux.common.message..", "..jmh_generated..")
            .should()
            .beFinal();

    @ArchTest
    static final ArchRule NO_SINGLETONS = noFields()
            .that()
            .areStatic()
            .and()
            .areDeclaredInClassesThat()
            .resideOutsideOfPackage("dev.reflux.common.message..")
            .should()
            .haveName("INSTANCE");

    @ArchTest
    static final ArchRule NO_ROOM_FOR_ODDS_AND_ENDS =
            noClasses().should().resideInAnyPackage("..util..", "..utils..", "..helper..", "..misc..");

    @ArchTest
    static final ArchRule LOGS_GO_THROUGH_SLF4J = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.util.logging..", "org.apache.logging.log4j..", "org.apache.commons.logging..");

    /** What is written is the same in every country. The compiler refuses the calls; references to methods escape it. */
    @ArchTest
    static final ArchRule NOTHING_DEPENDS_ON_THE_PLACE = noClasses()
            .that()
            .resideOutsideOfPackages("dev.reflux.common.message..", "..jmh_generated..")
            .and()
            // It asks after the default on purpose, to refuse what would not work under it.
            .doNotHaveSimpleName("LanguageDigits")
            .should()
            .accessTargetWhere(describe(
                    "the target reads the default locale, time zone or charset",
                    (JavaAccess<?> access) -> DEPENDS_ON_THE_PLACE.contains(
                                    access.getTargetOwner().getSimpleName() + "." + access.getName())
                            || access instanceof JavaMethodReference
                                    && REFERENCES.contains(
                                            access.getTargetOwner().getSimpleName() + "." + access.getName())))
            .orShould()
            .dependOnClassesThat()
            .resideInAPackage("java.text..")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.Scanner");

    /** The first logger reads the configuration of the log, which the main method of a process sets. */
    @ArchTest
    static final ArchRule NO_LOGGER_BEFORE_THE_LOG_IS_SET_UP = noFields()
            .that()
            .areStatic()
            .and()
            .areDeclaredInClassesThat()
            .haveNameMatching("dev\\.reflux\\.(cli|teacher|trainer|registry\\.server)\\.\\w+(Main|Command)")
            .should()
            .haveRawType(org.slf4j.Logger.class);

    @ArchTest
    static void everyModuleUsesOnlyWhatItMay(JavaClasses all) {
        List<String> wrong = new ArrayList<>();
        for (JavaClass one : all) {
            List<String> allowed = MAY_USE.getOrDefault(moduleOf(one), List.of());
            one.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass())
                    .filter(target -> target.getPackageName().startsWith("dev.reflux."))
                    .filter(target -> !moduleOf(target).equals(moduleOf(one)) && !allowed.contains(moduleOf(target)))
                    .forEach(target -> wrong.add(one.getName() + " -> " + target.getName()));
        }
        assertThat(wrong).as("dependencies against the house's plan").isEmpty();
        assertThat(all.stream().map(ArchitectureTest::moduleOf).collect(Collectors.toSet()))
                .as("modules that were looked at")
                .containsExactlyInAnyOrderElementsOf(MAY_USE.keySet());
    }

    @ArchTest
    static void everyRoomOfTheRegistryAndTheFleetClientUsesOnlyWhatItMay(JavaClasses all) {
        List<String> wrong = new ArrayList<>();
        for (JavaClass one : all) {
            List<String> allowed = ROOMS.get(roomOf(one));
            if (allowed != null) {
                one.getDirectDependenciesFromSelf().stream()
                        .map(dependency -> dependency.getTargetClass())
                        .filter(target -> ROOMS.containsKey(roomOf(target)))
                        .filter(target -> !roomOf(target).equals(roomOf(one)) && !allowed.contains(roomOf(target)))
                        .forEach(target -> wrong.add(one.getName() + " -> " + target.getName()));
            }
        }
        assertThat(wrong).as("dependencies against the plan of the rooms").isEmpty();
        assertThat(all.stream().map(ArchitectureTest::roomOf).collect(Collectors.toSet()))
                .as("rooms that were looked at")
                .containsAll(ROOMS.keySet());
    }

    @ArchTest
    static void everyPackageSaysWhoMayCallIt(JavaClasses all) {
        Stream<String> packages = all.stream().map(JavaClass::getPackageName).distinct();

        List<String> silent = packages.filter(name -> !name.equals("dev.reflux.common.message"))
                .filter(name -> !name.contains(".jmh_generated"))
                .filter(name -> !all.contain(name + ".package-info"))
                .sorted()
                .toList();

        assertThat(silent).as("packages without a package-info").isEmpty();
    }

    @ArchTest
    static final ArchRule CLASSES_ARE_FINAL_OR_MEANT_TO_BE_EXTENDED = classes()
            .that()
            .areTopLevelClasses()
            .and()
            .areNotInterfaces()
            .and()
            .areNotEnums()
            .and()
            .resideOutsideOfPackages("dev.reflux.common.message..", "..jmh_generated..")
            .and()
            .resideOutsideOfPackage("dev.reflux.benchmarks..")
            .should()
            .haveModifier(JavaModifier.FINAL)
            .orShould()
            .haveModifier(JavaModifier.ABSTRACT);

    private static List<String> and(List<String> modules, String... more) {
        return Stream.concat(modules.stream(), Arrays.stream(more)).toList();
    }

    private static String moduleOf(JavaClass one) {
        return Arrays.stream(one.getPackageName().split("\\."))
                .skip(2)
                .findFirst()
                .orElse("");
    }

    private static String roomOf(JavaClass one) {
        return Arrays.stream(one.getPackageName().split("\\.")).skip(2).limit(2).collect(Collectors.joining("."));
    }
}
