package io.engram.jepsen.docker.fault;

import io.engram.jepsen.docker.ContainerNode;
import io.engram.jepsen.nemesis.Effect;
import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.FaultException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A limit of the bytes that reach the disk each second, by the kernel's block I/O controller; or a file system that stands still.
final class SlowDisks implements Breakage<Fault.SlowDisk> {
    private static final String PROBE = "/disk/.slow";
    /// Writes for about a second at the limit are enough to see it.
    private static final long LEAST_PROBE = 65_536;

    private static final long MOST_PROBE = 8 << 20;

    /// Version 1 and version 2 of the kernel's control groups.
    private static final String UNLIMITED = """
            if [ -e /sys/fs/cgroup/blkio/blkio.throttle.write_bps_device ]; then
              ! grep -q ' [1-9]' /sys/fs/cgroup/blkio/blkio.throttle.write_bps_device
            else
              ! grep -q 'wbps=[0-9]' /sys/fs/cgroup/io.max
            fi""";

    private final Holds<Fault.SlowDisk> holds = new Holds<>();

    @Override
    public Effect inject(int id, Fault.SlowDisk fault, List<ContainerNode> hit) throws FaultException {
        Map<ContainerNode, String> seen = Together.ask(hit, node -> {
            holds.add(id, node, fault);
            return impose(node, fault);
        });
        List<String> said = new ArrayList<>();
        seen.forEach((node, what) -> said.add(node.name() + " " + what));
        return new Effect(Nodes.names(hit), String.join("; ", said), fault.bytesPerSecond() == 0 ? "fsfreeze" : "blkio");
    }

    @Override
    public String heal(int id, Fault.SlowDisk fault, List<ContainerNode> hit) throws FaultException {
        Together.all(hit, node -> {
            holds.remove(id, node);
            Optional<Fault.SlowDisk> left = holds.youngest(node);
            mend(node);
            if (left.isPresent()) impose(node, left.get());
        });
        return "writes go through at once";
    }

    @Override
    public void forget() {
        holds.clear();
    }

    static void mend(ContainerNode node) throws FaultException {
        node.run("/opt/faults/engram-faults thaw /disk; " + limit(0));
        // The write below would also end in time under many a limit.
        if (!node.holds(UNLIMITED)) throw new FaultException("the disk of " + node.name() + " is still limited");
        // What was held back is written first.
        long millis = Long.parseLong(node.run(timedWrite(LEAST_PROBE)).strip());
        if (millis > 5000) throw new FaultException("the disk of " + node.name() + " is slow: 64 KiB took " + millis + " ms");
    }

    private static String impose(ContainerNode node, Fault.SlowDisk fault) throws FaultException {
        if (fault.bytesPerSecond() == 0) {
            node.run("/opt/faults/engram-faults freeze /disk");
            // It ends only when the disk goes on: left alone until then.
            boolean wrote = node.holds("rm -f /run/engram/wrote; ( dd if=/dev/zero of=" + PROBE + " bs=4k count=1 conv=fsync && rm -f " + PROBE
                    + " && touch /run/engram/wrote ) >/dev/null 2>&1 & sleep 1; [ -e /run/engram/wrote ]");
            if (wrote) throw new FaultException("the frozen disk of " + node.name() + " took a write");
            return "took no write within 1 s";
        }
        node.run(limit(fault.bytesPerSecond()));
        long bytes = Math.clamp(fault.bytesPerSecond() / 65_536 * 65_536, LEAST_PROBE, MOST_PROBE);
        long millis = Long.parseLong(node.run(timedWrite(bytes)).strip());
        double rate = bytes * 1000.0 / Math.max(1, millis);
        // The journal's blocks come on top, so that it can only be slower; the controller lets a little through at first.
        if (rate > fault.bytesPerSecond() * 3.0)
            throw new FaultException("the disk of " + node.name() + " is not slow: " + bytes + " bytes took " + millis + " ms");
        return "%d KiB took %d ms".formatted(bytes >> 10, millis);
    }

    private static String timedWrite(long bytes) {
        return """
                now() { read -r up _ < /proc/uptime; echo ${up%%.*}${up#*.}0; }
                start=$(now); dd if=/dev/zero of=%1$s bs=64k count=%2$d conv=fsync 2>/dev/null; end=$(now); rm -f %1$s; echo $((end - start))""".formatted(PROBE, bytes / 65_536);
    }

    /// Version 1 and version 2 of the kernel's control groups.
    private static String limit(long bytesPerSecond) {
        return """
                device=$(awk '$2 == "/disk" { print $1 }' /proc/mounts)
                number=$(printf '%%d:%%d' 0x$(stat -c %%t $device) 0x$(stat -c %%T $device))
                if [ -e /sys/fs/cgroup/blkio/blkio.throttle.write_bps_device ]; then
                  mount -o remount,bind,rw /sys/fs/cgroup/blkio && echo "$number %1$d" > /sys/fs/cgroup/blkio/blkio.throttle.write_bps_device
                else
                  mount -o remount,bind,rw /sys/fs/cgroup && echo "$number wbps=%2$s" > /sys/fs/cgroup/io.max
                fi""".formatted(bytesPerSecond, bytesPerSecond == 0 ? "max" : Long.toString(bytesPerSecond));
    }
}
