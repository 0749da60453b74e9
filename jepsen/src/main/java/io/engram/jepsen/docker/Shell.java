package io.engram.jepsen.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Frame;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Runs scripts in one container, as its root. Safe for use by many threads.
final class Shell {
    private static final int MOST_OUTPUT = 4 << 20;

    /// @param output both streams
    record Ended(long code, String output) {}

    private final String container;

    Shell(String container) {
        this.container = container;
    }

    /// @throws ContainerException it did not end within the limit, or the engine refused
    Ended run(String script, Duration limit) {
        DockerClient client = Docker.client();
        try {
            String exec = client.execCreateCmd(container)
                    .withAttachStdout(true)
                    .withAttachStderr(true)
                    .withUser("0")
                    .withCmd("sh", "-c", script)
                    .exec()
                    .getId();
            Output output = new Output();
            client.execStartCmd(exec).exec(output);
            if (!output.awaitCompletion(limit.toMillis(), TimeUnit.MILLISECONDS))
                throw new ContainerException("did not end within " + limit + ": " + script + "\n" + output.text());
            Long code = client.inspectExecCmd(exec).exec().getExitCodeLong();
            return new Ended(code == null ? -1 : code, output.text());
        } catch (DockerException refused) {
            throw new ContainerException("the engine did not run: " + script, refused);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ContainerException("interrupted while running: " + script, e);
        }
    }

    private static final class Output extends ResultCallback.Adapter<Frame> {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public void onNext(Frame frame) {
            synchronized (bytes) {
                if (bytes.size() < MOST_OUTPUT) bytes.writeBytes(frame.getPayload());
            }
        }

        String text() {
            synchronized (bytes) {
                return bytes.toString(StandardCharsets.UTF_8);
            }
        }
    }
}
