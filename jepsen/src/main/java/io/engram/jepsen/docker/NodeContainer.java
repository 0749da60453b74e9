package io.engram.jepsen.docker;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/// A container with what a node and its faults need: rights over its own network and disk, a limit of memory, fixed ports.
final class NodeContainer extends GenericContainer<NodeContainer> {
    /// Loop devices, and what hands them out: the node's disk is a file.
    private static final List<String> DEVICES = List.of("b 7:* rwm", "c 10:237 rwm");

    private final NodeShape shape;

    NodeContainer(String image, Mesh mesh, NodeShape shape) {
        super(DockerImageName.parse(image));
        this.shape = shape;
        withImagePullPolicy(name -> false);
        withNetwork(mesh.network());
        withNetworkAliases(shape.name());
        withEnv(shape.environment());
        shape.files().forEach((from, to) -> withCopyFileToContainer(MountableFile.forHostPath(from), to));
        withLabels(Map.of(Owner.LABEL, Owner.self().label()));
        withExposedPorts(ContainerNode.CLIENTS, ContainerNode.HTTP);
        withCreateContainerCmdModifier(this::shape);
        waitingFor(Wait.forLogMessage("faults: container is up\\n", 1).withStartupTimeout(Duration.ofSeconds(60)));
    }

    private void shape(CreateContainerCmd create) {
        create.withHostName(shape.name()).withIpv4Address(shape.address());
        HostConfig host = Objects.requireNonNull(create.getHostConfig());
        host.withCapAdd(Capability.NET_ADMIN, Capability.SYS_ADMIN)
                .withSecurityOpts(List.of("seccomp=unconfined", "apparmor=unconfined"))
                .withDeviceCgroupRules(DEVICES)
                .withInit(true)
                .withMemory(shape.memoryBytes())
                .withMemorySwap(shape.memoryBytes())
                .withPublishAllPorts(false)
                .withPortBindings(published(shape.hostPort(), ContainerNode.CLIENTS), published(shape.hostHttpPort(), ContainerNode.HTTP));
    }

    /// The same port after each restart, on loopback only.
    private static PortBinding published(int hostPort, int port) {
        return new PortBinding(Ports.Binding.bindIpAndPort("127.0.0.1", hostPort), ExposedPort.tcp(port));
    }
}
