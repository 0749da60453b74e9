package io.engram.grid.tier.cold;

import io.engram.grid.GridConfig.Member;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether another member's Ignite can be reached.
@FunctionalInterface
interface PeerProbe {
    Logger log = LoggerFactory.getLogger(PeerProbe.class);
    int LIMIT_MILLIS = 500;

    /// Whether any of these members takes connections on its discovery port. Ends within about half a second.
    boolean anyAnswers(List<Member> members) throws InterruptedException;

    /// Asks all of them at once. What is sent, nothing, does not disturb Ignite.
    static PeerProbe tcp() {
        return members -> {
            CountDownLatch open = new CountDownLatch(members.size());
            AtomicBoolean answered = new AtomicBoolean();
            for (Member member : members)
                Thread.ofVirtual().name("cold-probe-" + member.node()).start(() -> {
                    if (answers(member)) answered.set(true);
                    open.countDown();
                });
            // Looking a name up has no limit of its own.
            if (!open.await(LIMIT_MILLIS + 100, TimeUnit.MILLISECONDS)) log.debug("not all members told whether they answer");
            return answered.get();
        };
    }

    private static boolean answers(Member member) {
        try (Socket socket = new Socket()) {
            InetAddress address = InetAddress.getByName(member.host());
            socket.connect(new InetSocketAddress(address, member.coldDiscoveryPort()), LIMIT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
