package io.engram.grid;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The arrows between the packages. To change one, change it here and write down the decision.
class ArchitectureTest {
    private static final JavaClasses GRID = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.engram.grid");

    @Test
    void there_is_something_to_check() {
        assertThat(GRID).extracting(JavaClass::getPackageName).contains(
                "io.engram.grid.log", "io.engram.grid.memory.shard", "io.engram.grid.route", "io.engram.grid.tier.hot");
    }

    @Test
    void only_the_log_knows_ratis() {
        onlyKnows("io.engram.grid.log..", "org.apache.ratis..");
    }

    @Test
    void only_the_hot_tier_knows_hazelcast() {
        onlyKnows("io.engram.grid.tier.hot..", "com.hazelcast..");
    }

    @Test
    void only_the_cold_tier_knows_ignite() {
        onlyKnows("io.engram.grid.tier.cold..", "org.apache.ignite..");
    }

    private static void onlyKnows(String knowing, String engine) {
        noClasses().that().resideOutsideOfPackage(knowing).should().dependOnClassesThat().resideInAPackage(engine).check(GRID);
    }

    @Test
    void nothing_here_knows_grpc_or_http() {
        noClasses().should().dependOnClassesThat()
                .resideInAnyPackage("io.grpc..", "java.net.http..", "com.sun.net.httpserver..", "io.engram.v1..", "io.engram.node..", "io.engram.client..")
                .check(GRID);
    }

    @Test
    void what_is_public_shows_no_engine() {
        // What implements an engine's own interface must show its types; only the engine calls it.
        methods().that().arePublic()
                .and().areDeclaredInClassesThat().arePublic()
                .and().areDeclaredInClassesThat(DescribedPredicate.not(CALLED_BY_AN_ENGINE))
                .should(SHOW_NO_ENGINE)
                .check(GRID);
    }

    @Test
    void only_the_grid_knows_how_requests_are_routed() {
        noClasses().that().resideOutsideOfPackage("io.engram.grid.route..")
                .and().doNotBelongToAnyOf(Grid.class)
                .should().dependOnClassesThat().resideInAPackage("io.engram.grid.route..")
                .check(GRID);
    }

    @Test
    void freshness_and_log_know_nothing_of_memories() {
        noClasses().that().resideInAnyPackage("io.engram.grid.log..", "io.engram.grid.freshness..", "io.engram.grid.cluster..")
                .should().dependOnClassesThat().resideInAnyPackage("io.engram.grid.memory..", "io.engram.grid.tier..")
                .check(GRID);
    }

    @Test
    void there_are_no_cycles() {
        slices().matching("io.engram.grid.(*)..").should().beFreeOfCycles().check(GRID);
    }

    private static final DescribedPredicate<JavaClass> ENGINE = DescribedPredicate.describe(
            "is an engine's", type -> Stream.of("org.apache.ratis.", "com.hazelcast.", "org.apache.ignite.")
                    .anyMatch(type.getBaseComponentType().getName()::startsWith));

    private static final DescribedPredicate<JavaClass> CALLED_BY_AN_ENGINE = DescribedPredicate.describe(
            "implements an engine's interface", type -> type.getAllRawInterfaces().stream().anyMatch(ENGINE));

    private static final ArchCondition<JavaMethod> SHOW_NO_ENGINE = new ArchCondition<>("show no engine") {
        @Override
        public void check(JavaMethod method, ConditionEvents events) {
            Stream.concat(Stream.of(method.getRawReturnType()), method.getRawParameterTypes().stream())
                    .filter(ENGINE)
                    .forEach(type -> events.add(SimpleConditionEvent.violated(method, method.getFullName() + " shows " + type.getName())));
        }
    };
}
