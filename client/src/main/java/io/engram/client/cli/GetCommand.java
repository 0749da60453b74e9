package io.engram.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.engram.client.Answer;
import io.engram.client.Engram;
import io.engram.client.Lookup;
import io.engram.client.Memory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "get", mixinStandardHelpOptions = true, description = "Shows memories by key.", footer = ExitCode.HELP)
final class GetCommand implements Callable<Integer> {
    @Mixin
    private Connection connection = new Connection();

    @Mixin
    private Output output = new Output();

    @Mixin
    private Reading reading = new Reading();

    @Parameters(index = "0", paramLabel = "SPACE")
    private String space = "";

    @Parameters(index = "1..*", paramLabel = "KEY", arity = "1..*")
    private List<String> keys = new ArrayList<>();

    /// 0 if all are there, 3 if none is, 8 if some are.
    @Override
    public Integer call() {
        try (Engram engram = connection.open()) {
            Answer<Lookup> answer = engram.space(space).batchGet(keys, reading.options());
            List<Memory> memories = answer.value().memories();
            if (output.json()) {
                ObjectNode node = Json.object();
                ArrayNode found = node.putArray("memories");
                memories.forEach(memory -> found.add(Json.of(memory)));
                ArrayNode absent = node.putArray("absent_keys");
                answer.value().absentKeys().forEach(absent::add);
                output.show(Json.proven(node, answer));
            } else {
                memories.forEach(memory -> Shown.memory(output, memory));
                answer.value().absentKeys().forEach(key -> output.remark("engram: no memory '" + key + "' in " + space));
            }
            return answer.value().absentKeys().isEmpty() ? ExitCode.OK : memories.isEmpty() ? ExitCode.NOT_FOUND : ExitCode.PARTLY;
        }
    }
}
