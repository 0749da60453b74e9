package io.engram.jepsen.containers;

import io.engram.jepsen.cluster.ContainerCluster;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/// Tests that need a Docker engine and the fault image. Where none runs they are skipped, loudly; REQUIRE_DOCKER=1 makes that a failure.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("containers")
@ExtendWith(NeedsDocker.Engine.class)
@interface NeedsDocker {
    final class Engine implements BeforeAllCallback {
        @Override
        public void beforeAll(ExtensionContext context) {
            if (ContainerCluster.possible()) return;
            String said = "######## NO DOCKER: " + context.getDisplayName() + " DID NOT RUN ########";
            System.err.println(said);
            if ("1".equals(System.getenv("REQUIRE_DOCKER"))) throw new IllegalStateException(said);
            throw new TestAbortedException(said);
        }
    }
}
