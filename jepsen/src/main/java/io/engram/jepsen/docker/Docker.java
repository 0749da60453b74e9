package io.engram.jepsen.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Network;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;

/// The Docker engine of this machine. Safe for use by many threads.
public final class Docker {
    private static final Logger log = LoggerFactory.getLogger(Docker.class);

    private Docker() {}

    /// Whether an engine answers.
    public static boolean available() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    /// Whether the engine has the image; it is never pulled.
    public static boolean has(String image) {
        try {
            client().inspectImageCmd(image).exec();
            return true;
        } catch (NotFoundException missing) {
            return false;
        }
    }

    /// Removes containers and networks of earlier runs whose harness is gone. What a harness made that still runs stays.
    ///
    /// @return how many containers
    public static int sweep() {
        int swept = 0;
        DockerClient client = client();
        for (Container left : client.listContainersCmd().withShowAll(true).withLabelFilter(List.of(Owner.LABEL)).exec()) {
            if (!abandoned(left.getLabels())) continue;
            log.info("container of an earlier run removed id={} names={}", left.getId(), List.of(left.getNames()));
            remove(left.getId());
            swept++;
        }
        for (Network left : client.listNetworksCmd().withFilter("label", List.of(Owner.LABEL)).exec()) {
            if (!abandoned(left.getLabels())) continue;
            try {
                client.removeNetworkCmd(left.getId()).exec();
            } catch (DockerException inUse) {
                log.warn("network of an earlier run stays id={} reason={}", left.getId(), inUse.getMessage());
            }
        }
        return swept;
    }

    static DockerClient client() {
        return DockerClientFactory.lazyClient();
    }

    /// With its volumes. Does nothing if it is gone.
    static void remove(String container) {
        thaw(container);
        try {
            client().removeContainerCmd(container).withForce(true).withRemoveVolumes(true).exec();
        } catch (NotFoundException gone) {
            log.debug("container was gone id={}", container);
        } catch (ConflictException going) {
            // At the end of the process Testcontainers removes what it started, too.
            log.debug("container is being removed id={}", container);
        }
    }

    /// A process that waits for a frozen disk cannot even be killed, and the engine would wait for it for ever.
    private static void thaw(String container) {
        try {
            new Shell(container).run("/opt/faults/engram-faults thaw /disk", Duration.ofSeconds(20));
        } catch (ContainerException notRunning) {
            log.debug("disk not thawed container={} reason={}", container, notRunning.getMessage());
        }
    }

    private static boolean abandoned(Map<String, String> labels) {
        return Owner.parse(labels.getOrDefault(Owner.LABEL, "")).filter(Owner::isGone).isPresent();
    }
}
