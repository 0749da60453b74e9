package io.engram.jepsen.docker;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Network.Ipam;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.testcontainers.containers.Network;

/// A network with addresses of our own choice: a node keeps its address whatever happens to it.
public final class Mesh implements AutoCloseable {
    private static final int TRIES = 20;
    /// The first addresses of a network belong to the engine.
    private static final int FIRST_NODE = 10;

    private final Network network;
    private final String prefix;

    private Mesh(Network network, String prefix) {
        this.network = network;
        this.prefix = prefix;
    }

    /// @throws ContainerException no range of addresses was free
    public static Mesh create(RandomGenerator random) {
        ContainerException last = new ContainerException("not tried");
        for (int i = 0; i < TRIES; i++) {
            String prefix = "10." + random.nextInt(80, 250) + "." + random.nextInt(0, 256) + ".";
            Network network = Network.builder()
                    .createNetworkCmdModifier(create -> create.withIpam(new Ipam().withConfig(new Ipam.Config().withSubnet(prefix + "0/24")))
                            .withLabels(Map.of(Owner.LABEL, Owner.self().label())))
                    .build();
            try {
                if (!network.getId().isEmpty()) return new Mesh(network, prefix);
            } catch (DockerException taken) {
                last = new ContainerException("no network could be made, the last try was " + prefix + "0/24", taken);
            }
        }
        throw last;
    }

    /// Of the nth node, from 1.
    public String address(int node) {
        return prefix + (FIRST_NODE + node);
    }

    Network network() {
        return network;
    }

    @Override
    public void close() {
        network.close();
    }
}
