package io.engram.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.engram.client.Answer;
import io.engram.client.Engram;
import io.engram.client.Lookup;
import io.engram.client.Memory;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "get", mixinStandardHelpOptions = true, description = "Shows memories by key.", footer = ExitCode.HELP)
final class GetCommand extends ClusterCommand {
    @Mixin
    private Reading reading = new Reading();

    @Parameters(index = "0", paramLabel = "SPACE")
    private String space = "";

    @Parameters(index = "1..*", paramLabel = "KEY", arity = "1..*")
    private List<String> keys = new ArrayList<>();

    /// 0 if all are there, 3 if none is, 8 if some are.
    @Override
    int ask(Engram engram) {
        Answer<Lookup> answer = engram.space(space).batchGet(keys, reading.options());
        List<Memory> memories = answer.value().memories();
        List<String> absentKeys = answer.value().absentKeys();
        show(
                () -> {
                    ObjectNode node = Json.object();
                    ArrayNode found = node.putArray("memories");
                    memories.forEach(memory -> found.add(Json.of(memory)));
                    ArrayNode absent = node.putArray("absent_keys");
                    absentKeys.forEach(absent::add);
                    return Json.proven(node, answer);
                },
                () -> {
                    memories.forEach(memory -> Shown.memory(output(), memory));
                    absentKeys.forEach(key -> output().remark("engram: no memory '" + key + "' in " + space));
                });
        return absentKeys.isEmpty() ? ExitCode.OK : memories.isEmpty() ? ExitCode.NOT_FOUND : ExitCode.PARTLY;
    }
}
