package io.engram.jepsen.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.history.format.JsonValues;
import io.engram.jepsen.nemesis.Planned;
import io.engram.jepsen.nemesis.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A schedule as JSON: `{"seed": 42, "faults": [{"id": 0, "atMillis": 5000, "lastsMillis": 8000, "target": "one", "fault": {"kind": "kill"}}]}`.
public final class ScheduleFile {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private ScheduleFile() {}

    public static void write(Schedule schedule, Path file) throws IOException {
        Map<String, Value> entries = new LinkedHashMap<>();
        entries.put("seed", Value.of(schedule.seed()));
        entries.put("faults", new Value.Items(schedule.faults().stream().map(ScheduleFile::entry).toList()));
        Files.writeString(file, JSON.writeValueAsString(JsonValues.write(new Value.Fields(entries))) + "\n");
    }

    /// @throws IllegalArgumentException it is no schedule; with the fault, the field and the rule
    public static Schedule read(Path file) throws IOException {
        FaultText.Read from;
        try {
            from = new FaultText.Read(JsonValues.read(JSON.readTree(Files.readString(file))));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalArgumentException(file + ": must be JSON: " + e.getOriginalMessage(), e);
        }
        List<Planned> faults = new ArrayList<>();
        Set<Integer> ids = new HashSet<>();
        for (Value value : from.items("faults")) {
            try {
                Planned planned = planned(value);
                if (!ids.add(planned.id())) throw new IllegalArgumentException("id: " + planned.id() + " is there twice");
                faults.add(planned);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(file + ": faults[" + faults.size() + "]." + e.getMessage(), e);
            }
        }
        return new Schedule(from.whole("seed"), faults);
    }

    private static Value entry(Planned planned) {
        Map<String, Value> entries = new LinkedHashMap<>();
        entries.put("id", Value.of(planned.id()));
        entries.put("atMillis", Value.of(planned.at().toMillis()));
        entries.put("lastsMillis", Value.of(planned.lasts().toMillis()));
        entries.put("target", FaultText.write(planned.target()));
        entries.put("fault", FaultText.write(planned.fault()));
        return new Value.Fields(entries);
    }

    private static Planned planned(Value value) {
        FaultText.Read from = new FaultText.Read(value);
        return new Planned(Math.toIntExact(from.whole("id")), from.millis("atMillis"), from.millis("lastsMillis"),
                FaultText.target(from.at("target")), FaultText.fault(from.at("fault")));
    }
}
