package io.engram.node.edge.grpc;

import static io.engram.grid.Reason.DIMENSION_MISMATCH;
import static io.engram.grid.Reason.INVALID_ARGUMENT;
import static io.engram.grid.Reason.MEMORY_NOT_FOUND;
import static io.engram.grid.Reason.MESSAGE_TOO_LARGE;
import static io.engram.grid.Reason.REVISION_CONFLICT;
import static io.engram.grid.Reason.SPACE_DOES_NOT_EMBED;
import static io.engram.grid.Reason.SPACE_EXISTS;
import static io.engram.grid.Reason.SPACE_NOT_FOUND;
import static io.engram.grid.Reason.VERSION_CONFLICT;
import static io.engram.node.edge.grpc.EdgeFixture.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.engram.grid.Reason;
import io.engram.grid.memory.Similarity;
import io.engram.node.edge.grpc.EdgeFixture.Told;
import io.engram.v1.And;
import io.engram.v1.AtLeast;
import io.engram.v1.AttributeValue;
import io.engram.v1.BatchGetRequest;
import io.engram.v1.Bounded;
import io.engram.v1.Consistency;
import io.engram.v1.CreateSpaceRequest;
import io.engram.v1.DeleteSpaceRequest;
import io.engram.v1.Equals;
import io.engram.v1.Exists;
import io.engram.v1.Filter;
import io.engram.v1.ForgetRequest;
import io.engram.v1.GetRequest;
import io.engram.v1.GetResponse;
import io.engram.v1.GetSpaceRequest;
import io.engram.v1.In;
import io.engram.v1.Link;
import io.engram.v1.ListRequest;
import io.engram.v1.ListSpacesRequest;
import io.engram.v1.MemoryServiceGrpc;
import io.engram.v1.MemoryServiceGrpc.MemoryServiceBlockingStub;
import io.engram.v1.Not;
import io.engram.v1.Observation;
import io.engram.v1.Or;
import io.engram.v1.Position;
import io.engram.v1.PutRequest;
import io.engram.v1.Range;
import io.engram.v1.RecallRequest;
import io.engram.v1.SpaceLimits;
import io.engram.v1.SpaceServiceGrpc;
import io.engram.v1.SpaceServiceGrpc.SpaceServiceBlockingStub;
import io.engram.v1.UpdateSpaceRequest;
import io.engram.v1.WriteCondition;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Each limit of the protocol, broken: the exact code, reason and field.
class BadInputTest {
    private static EdgeFixture fixture;

    @BeforeAll static void open() {
        fixture = EdgeFixture.open(new FakeStore()
                .with("cos", 3, Similarity.COSINE).with("dot", 3, Similarity.DOT_PRODUCT).with("wide", 5, Similarity.COSINE));
    }

    @AfterAll static void close() {
        fixture.close();
    }

    // ---- Spaces

    static Stream<Arguments> spaces() {
        return Stream.of(
                create("no name", r -> r.setName(""), INVALID_ARGUMENT, "name"),
                create("capitals in the name", r -> r.setName("Notes"), INVALID_ARGUMENT, "name"),
                create("a digit first", r -> r.setName("1notes"), INVALID_ARGUMENT, "name"),
                create("a name of 64 characters", r -> r.setName("a".repeat(64)), INVALID_ARGUMENT, "name"),
                create("no dimension", r -> r.setDimension(0), INVALID_ARGUMENT, "dimension"),
                create("dimension 4097", r -> r.setDimension(4097), INVALID_ARGUMENT, "dimension"),
                create("dimension 2^32-1", r -> r.setDimension(-1), INVALID_ARGUMENT, "dimension"),
                create("unknown similarity", r -> r.setSimilarityValue(99), INVALID_ARGUMENT, "similarity"),
                create("more shards than the cluster has", r -> r.setShards(5), INVALID_ARGUMENT, "shards"),
                create("2^32-1 shards", r -> r.setShards(-1), INVALID_ARGUMENT, "shards"),
                create("an idempotency key with a space", r -> r.setIdempotencyKey("a b"), INVALID_ARGUMENT, "idempotency_key"),
                create("an idempotency key of 65", r -> r.setIdempotencyKey("k".repeat(65)), INVALID_ARGUMENT, "idempotency_key"),
                create("a name that is taken", r -> r.setName("cos"), SPACE_EXISTS, ""),
                limits("idle below 1 s", l -> l.setSessionIdle(Duration.newBuilder().setNanos(999_999_999)), "limits.session_idle"),
                limits("idle over 30 d", l -> l.setSessionIdle(Duration.newBuilder().setSeconds(30L * 86400 + 1)), "limits.session_idle"),
                limits("idle below zero", l -> l.setSessionIdle(Duration.newBuilder().setSeconds(-5)), "limits.session_idle"),
                limits("idle of mixed signs", l -> l.setSessionIdle(Duration.newBuilder().setSeconds(5).setNanos(-1)),
                        "limits.session_idle.nanos"),
                limits("idle of no duration", l -> l.setSessionIdle(Duration.newBuilder().setSeconds(Long.MAX_VALUE)),
                        "limits.session_idle.seconds"),
                limits("2^63 memories", l -> l.setMaxMemories(Long.MIN_VALUE), "limits.max_memories"),
                limits("100,001 sessions", l -> l.setMaxSessions(100_001), "limits.max_sessions"),
                space("get: no name", s -> s.getSpace(GetSpaceRequest.getDefaultInstance()), INVALID_ARGUMENT, "name"),
                space("get: absent", s -> s.getSpace(GetSpaceRequest.newBuilder().setName("absent").build()), SPACE_NOT_FOUND, ""),
                space("list: page size -1", s -> s.listSpaces(ListSpacesRequest.newBuilder().setPageSize(-1).build()),
                        INVALID_ARGUMENT, "page_size"),
                space("list: page size 1001", s -> s.listSpaces(ListSpacesRequest.newBuilder().setPageSize(1001).build()),
                        INVALID_ARGUMENT, "page_size"),
                space("list: no token of ours", s -> s.listSpaces(ListSpacesRequest.newBuilder().setPageToken("x").build()),
                        INVALID_ARGUMENT, "page_token"),
                space("update: nothing to change", s -> s.updateSpace(UpdateSpaceRequest.newBuilder().setName("cos").build()),
                        INVALID_ARGUMENT, "limits"),
                space("update: absent", s -> s.updateSpace(UpdateSpaceRequest.newBuilder()
                        .setName("absent").setLimits(SpaceLimits.newBuilder().setMaxSessions(1)).build()), SPACE_NOT_FOUND, ""),
                space("update: another revision", s -> s.updateSpace(UpdateSpaceRequest.newBuilder().setName("cos")
                        .setExpectedRevision(9).setLimits(SpaceLimits.newBuilder().setMaxSessions(1)).build()), REVISION_CONFLICT, ""),
                space("update: revision 2^63", s -> s.updateSpace(UpdateSpaceRequest.newBuilder().setName("cos")
                        .setExpectedRevision(Long.MIN_VALUE).setLimits(SpaceLimits.newBuilder().setMaxSessions(1)).build()),
                        INVALID_ARGUMENT, "expected_revision"),
                space("delete: bad name", s -> s.deleteSpace(DeleteSpaceRequest.newBuilder().setName("a_b").build()),
                        INVALID_ARGUMENT, "name"),
                space("delete: absent", s -> s.deleteSpace(DeleteSpaceRequest.newBuilder().setName("absent").build()),
                        SPACE_NOT_FOUND, ""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void spaces(String name, Consumer<SpaceServiceBlockingStub> call, Reason reason, String field) {
        check(() -> call.accept(SpaceServiceGrpc.newBlockingStub(fixture.channel)), reason, field);
    }

    private static Arguments create(String name, UnaryOperator<CreateSpaceRequest.Builder> change, Reason reason, String field) {
        CreateSpaceRequest request = change.apply(CreateSpaceRequest.newBuilder().setName("notes").setDimension(3)).build();
        return space("create: " + name, s -> s.createSpace(request), reason, field);
    }

    private static Arguments limits(String name, UnaryOperator<SpaceLimits.Builder> change, String field) {
        SpaceLimits limits = change.apply(SpaceLimits.newBuilder()).build();
        return create(name, r -> r.setLimits(limits), INVALID_ARGUMENT, field);
    }

    private static Arguments space(String name, Consumer<SpaceServiceBlockingStub> call, Reason reason, String field) {
        return arguments(name, call, reason, field);
    }

    // ---- Memories: writes

    static Stream<Arguments> writes() {
        Observation.Builder many = observation();
        for (int i = 0; i < 65; i++) many.putAttributes("a" + i, bool());
        Observation.Builder linked = observation();
        for (int i = 0; i < 257; i++) linked.addLinks(Link.newBuilder().setKey("k" + i));
        return Stream.of(
                memory("put: no space", s -> s.put(PutRequest.newBuilder().setObservation(observation()).build()), INVALID_ARGUMENT, "space"),
                memory("put: absent space", s -> s.put(PutRequest.newBuilder().setSpace("absent").setObservation(observation()).build()),
                        SPACE_NOT_FOUND, ""),
                memory("put: nothing", s -> s.put(PutRequest.newBuilder().setSpace("cos").build()), INVALID_ARGUMENT, "observation"),
                put("a key of 513 bytes", o -> o.setKey("k".repeat(513)), "observation.key"),
                put("a key of 171 three-byte characters", o -> o.setKey("漢".repeat(171)), "observation.key"),
                put("a control character in the key", o -> o.setKey("a\nb"), "observation.key"),
                put("a text of 64 KiB + 1", o -> o.setText("t".repeat((64 << 10) + 1)), "observation.text"),
                put("a text of 64 KiB + 2 in UTF-8", o -> o.setText("é".repeat((32 << 10) + 1)), "observation.text"),
                put("no text and no vector", o -> o.clearVector(), "observation.vector"),
                put("7 bytes of vector", o -> o.setVector(ByteString.copyFrom(new byte[7])), "observation.vector"),
                memory("put: 2 of 3 floats", putRequest(o -> o.setVector(vector(1, 2))), DIMENSION_MISMATCH, "observation.vector"),
                memory("put: 4096 of 3 floats", putRequest(o -> o.setVector(vector(new float[4096]))), DIMENSION_MISMATCH, "observation.vector"),
                put("a float that is no number", o -> o.setVector(vector(1, Float.NaN, 2)), "observation.vector[1]"),
                put("an infinite float", o -> o.setVector(vector(1, 2, Float.NEGATIVE_INFINITY)), "observation.vector[2]"),
                put("a zero vector under cosine", o -> o.setVector(vector(0, 0, -0f)), "observation.vector"),
                put("a vector too short for cosine", o -> o.setVector(vector(Float.MIN_VALUE, 0, 0)), "observation.vector"),
                put("a vector whose square overflows", o -> o.setVector(vector(Float.MAX_VALUE, 0, 0)), "observation.vector"),
                put("confidence over 1", o -> o.setConfidence(1.0001), "observation.confidence"),
                put("confidence below 0", o -> o.setConfidence(-0.1), "observation.confidence"),
                put("confidence that is no number", o -> o.setConfidence(Double.NaN), "observation.confidence"),
                put("a time after the year 9999", o -> o.setObservedAt(Timestamp.newBuilder().setSeconds(253_402_300_800L)),
                        "observation.observed_at.seconds"),
                put("10^9 nanoseconds", o -> o.setObservedAt(Timestamp.newBuilder().setNanos(1_000_000_000)), "observation.observed_at.nanos"),
                put("65 attributes", o -> many, "observation.attributes"),
                put("an attribute without a name", o -> o.putAttributes("", bool()), "observation.attributes[\"\"]"),
                put("a space in an attribute's name", o -> o.putAttributes("a b", bool()), "observation.attributes[\"a b\"]"),
                put("an attribute's name of 65", o -> o.putAttributes("n".repeat(65), bool()),
                        "observation.attributes[\"" + "n".repeat(65) + "\"]"),
                put("an attribute without a value", o -> o.putAttributes("x", AttributeValue.getDefaultInstance()),
                        "observation.attributes[\"x\"]"),
                put("an attribute of 1025 bytes", o -> o.putAttributes("x", string("s".repeat(1025))),
                        "observation.attributes[\"x\"].string_value"),
                put("an infinite attribute", o -> o.putAttributes("x", AttributeValue.newBuilder().setDoubleValue(1 / 0.0).build()),
                        "observation.attributes[\"x\"].double_value"),
                put("257 links", o -> linked, "observation.links"),
                put("a link to nothing", o -> o.addLinks(Link.newBuilder()), "observation.links[0].key"),
                put("a link's relation with a space", o -> o.addLinks(link()).addLinks(link().setRelation("is a")),
                        "observation.links[1].relation"),
                put("a link of weight 0", o -> o.addLinks(link().setWeight(0)), "observation.links[0].weight"),
                put("a link of weight 2", o -> o.addLinks(link().setWeight(2)), "observation.links[0].weight"),
                memory("put: an idempotency key that is not ASCII",
                        s -> s.put(put(observation()).toBuilder().setIdempotencyKey("é").build()), INVALID_ARGUMENT, "idempotency_key"),
                memory("put: version 0", s -> s.put(put(observation()).toBuilder()
                        .setCondition(WriteCondition.newBuilder().setVersion(0)).build()), INVALID_ARGUMENT, "condition.version"),
                memory("put: must_not_exist=false", s -> s.put(put(observation()).toBuilder()
                        .setCondition(WriteCondition.newBuilder().setMustNotExist(false)).build()), INVALID_ARGUMENT, "condition.must_not_exist"),
                memory("put: an empty condition", s -> s.put(put(observation()).toBuilder()
                        .setCondition(WriteCondition.getDefaultInstance()).build()), INVALID_ARGUMENT, "condition"),
                memory("put: another version", s -> s.put(put(observation()).toBuilder()
                        .setCondition(WriteCondition.newBuilder().setVersion(77)).build()), VERSION_CONFLICT, ""),
                memory("put: text into a space of another dimension than the model's", s -> s.put(PutRequest.newBuilder().setSpace("wide")
                        .setObservation(Observation.newBuilder().setText("hello")).build()), SPACE_DOES_NOT_EMBED, "observation.vector"),
                memory("forget: no key", s -> s.forget(ForgetRequest.newBuilder().setSpace("cos").build()), INVALID_ARGUMENT, "key"),
                memory("forget: version 2^63", s -> s.forget(ForgetRequest.newBuilder()
                        .setSpace("cos").setKey("k").setExpectedVersion(Long.MIN_VALUE).build()), INVALID_ARGUMENT, "expected_version"),
                memory("forget: absent", s -> s.forget(ForgetRequest.newBuilder().setSpace("cos").setKey("absent").build()),
                        MEMORY_NOT_FOUND, ""),
                memory("put: more than a message may have", s -> s.put(PutRequest.newBuilder().setSpace("cos")
                        .setObservation(observation().setText("t".repeat((1 << 20) + 1))).build()), MESSAGE_TOO_LARGE, ""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void writes(String name, Consumer<MemoryServiceBlockingStub> call, Reason reason, String field) {
        check(() -> call.accept(MemoryServiceGrpc.newBlockingStub(fixture.channel)), reason, field);
    }

    private static Observation.Builder observation() {
        return Observation.newBuilder().setKey("k").setVector(vector(1, 2, 3));
    }

    private static AttributeValue bool() {
        return AttributeValue.newBuilder().setBoolValue(true).build();
    }

    private static AttributeValue string(String value) {
        return AttributeValue.newBuilder().setStringValue(value).build();
    }

    private static Link.Builder link() {
        return Link.newBuilder().setKey("other");
    }

    private static PutRequest put(Observation.Builder observation) {
        return PutRequest.newBuilder().setSpace("cos").setObservation(observation).build();
    }

    private static Consumer<MemoryServiceBlockingStub> putRequest(UnaryOperator<Observation.Builder> change) {
        PutRequest request = put(change.apply(observation()));
        return s -> s.put(request);
    }

    private static Arguments put(String name, UnaryOperator<Observation.Builder> change, String field) {
        return memory("put: " + name, putRequest(change), INVALID_ARGUMENT, field);
    }

    private static Arguments memory(String name, Consumer<MemoryServiceBlockingStub> call, Reason reason, String field) {
        return arguments(name, call, reason, field);
    }

    // ---- Memories: reads

    static Stream<Arguments> reads() {
        BatchGetRequest.Builder tooMany = BatchGetRequest.newBuilder().setSpace("cos");
        for (int i = 0; i < 1001; i++) tooMany.addKeys("k" + i);
        In.Builder values = In.newBuilder().setAttribute("x");
        for (int i = 0; i < 257; i++) values.addValues(bool());
        And.Builder wide = And.newBuilder();
        for (int i = 0; i < 65; i++) wide.addFilters(exists("x"));
        Or.Builder huge = Or.newBuilder();
        for (int i = 0; i < 16; i++) {
            And.Builder branch = And.newBuilder();
            for (int j = 0; j < 40; j++) branch.addFilters(exists("x"));
            huge.addFilters(Filter.newBuilder().setAnd(branch));
        }
        Filter.Builder deep = exists("x").toBuilder();
        for (int i = 0; i < 8; i++) deep = Filter.newBuilder().setNot(Not.newBuilder().setFilter(deep));
        return Stream.of(
                memory("get: bad space", s -> s.get(GetRequest.newBuilder().setSpace("-").setKey("k").build()), INVALID_ARGUMENT, "space"),
                memory("get: no key", s -> s.get(GetRequest.newBuilder().setSpace("cos").build()), INVALID_ARGUMENT, "key"),
                memory("get: absent", s -> s.get(GetRequest.newBuilder().setSpace("cos").setKey("absent").build()), MEMORY_NOT_FOUND, ""),
                memory("get: unknown view", s -> s.get(GetRequest.newBuilder().setSpace("cos").setKey("k").setViewValue(9).build()),
                        INVALID_ARGUMENT, "view"),
                consistency("a bound of nothing", c -> c.setBounded(Bounded.getDefaultInstance()), "consistency.bounded.max_staleness"),
                consistency("a bound below zero", c -> c.setBounded(bound(-1)), "consistency.bounded.max_staleness"),
                consistency("a bound over 1 h", c -> c.setBounded(bound(3601)), "consistency.bounded.max_staleness"),
                consistency("a shard that is not there", c -> c.setAtLeast(positions(position(0, 1), position(4, 1))),
                        "consistency.at_least.positions[1].shard"),
                consistency("a shard of 2^32-1", c -> c.setAtLeast(positions(position(-1, 1))), "consistency.at_least.positions[0].shard"),
                consistency("a shard named twice", c -> c.setAtLeast(positions(position(1, 1), position(1, 2))),
                        "consistency.at_least.positions[1].shard"),
                consistency("an index of 2^63", c -> c.setAtLeast(positions(position(1, Long.MIN_VALUE))),
                        "consistency.at_least.positions[0].index"),
                memory("batch: no keys", s -> s.batchGet(BatchGetRequest.newBuilder().setSpace("cos").build()), INVALID_ARGUMENT, "keys"),
                memory("batch: 1001 keys", s -> s.batchGet(tooMany.build()), INVALID_ARGUMENT, "keys"),
                memory("batch: an empty key", s -> s.batchGet(BatchGetRequest.newBuilder().setSpace("cos").addKeys("a").addKeys("").build()),
                        INVALID_ARGUMENT, "keys[1]"),
                memory("batch: a key twice", s -> s.batchGet(BatchGetRequest.newBuilder().setSpace("cos").addKeys("a").addKeys("a").build()),
                        INVALID_ARGUMENT, "keys[1]"),
                list("page size 1001", r -> r.setPageSize(1001), "page_size"),
                list("page size -1", r -> r.setPageSize(-1), "page_size"),
                list("a prefix of 513 bytes", r -> r.setKeyPrefix("p".repeat(513)), "key_prefix"),
                list("a token that is no base64", r -> r.setPageToken("***"), "page_token"),
                list("a token that is too short", r -> r.setPageToken("AQ"), "page_token"),
                list("a token of 2,000 characters", r -> r.setPageToken("A".repeat(2000)), "page_token"),
                list("a token of another query", r -> r.setPageToken(PageToken.write(1, "k")), "page_token"),
                filter("nothing", Filter.getDefaultInstance(), "filter"),
                filter("equals without an attribute", Filter.newBuilder().setEquals(Equals.newBuilder().setValue(bool())).build(),
                        "filter.equals.attribute"),
                filter("equals without a value", Filter.newBuilder().setEquals(Equals.newBuilder().setAttribute("x")).build(),
                        "filter.equals.value"),
                filter("in nothing", Filter.newBuilder().setIn(In.newBuilder().setAttribute("x")).build(), "filter.in.values"),
                filter("in 257 values", Filter.newBuilder().setIn(values).build(), "filter.in.values"),
                filter("in a value of no kind", Filter.newBuilder().setIn(In.newBuilder().setAttribute("x").addValues(bool())
                        .addValues(AttributeValue.getDefaultInstance())).build(), "filter.in.values[1]"),
                filter("and of nothing", Filter.newBuilder().setAnd(And.getDefaultInstance()).build(), "filter.and.filters"),
                filter("and of 65", Filter.newBuilder().setAnd(wide).build(), "filter.and.filters"),
                filter("more than 512 conditions", Filter.newBuilder().setOr(huge).build(), "filter.or.filters[12].and.filters[18]"),
                filter("9 levels", deep.build(), "filter" + ".not.filter".repeat(8)),
                filter("a fault inside", Filter.newBuilder().setAnd(And.newBuilder().addFilters(exists("x")).addFilters(exists("y"))
                        .addFilters(range(r -> r))).build(), "filter.and.filters[2].range"),
                filter("a range with two lower ends", range(r -> r.setAtLeast(number(1)).setAbove(number(2))), "filter.range.above"),
                filter("a range with two upper ends", range(r -> r.setAtMost(number(1)).setBelow(number(2))), "filter.range.below"),
                filter("a range from a number to a string", range(r -> r.setAtLeast(number(1)).setAtMost(string("z"))), "filter.range"),
                filter("a range of flags", range(r -> r.setAtLeast(bool())), "filter.range.at_least"),
                filter("exists without an attribute", exists(""), "filter.exists.attribute"),
                recall("no query", r -> r.clearQuery(), INVALID_ARGUMENT, "query"),
                recall("k 1001", r -> r.setK(1001), INVALID_ARGUMENT, "k"),
                recall("k -1", r -> r.setK(-1), INVALID_ARGUMENT, "k"),
                recall("min_score that is no number", r -> r.setMinScore(Double.NaN), INVALID_ARGUMENT, "min_score"),
                recall("a vector of another dimension", r -> r.setVector(vector(1)), DIMENSION_MISMATCH, "vector"),
                recall("an empty vector", r -> r.setVector(ByteString.EMPTY), DIMENSION_MISMATCH, "vector"),
                recall("a zero vector", r -> r.setVector(vector(0, 0, 0)), INVALID_ARGUMENT, "vector"),
                recall("a blank text", r -> r.setText(" \t"), INVALID_ARGUMENT, "text"),
                recall("a text of 64 KiB + 1", r -> r.setText("t".repeat((64 << 10) + 1)), INVALID_ARGUMENT, "text"),
                recall("a text in a space of another dimension", r -> r.setSpace("wide").setText("hello"), SPACE_DOES_NOT_EMBED, "vector"),
                recall("an absent space", r -> r.setSpace("absent"), SPACE_NOT_FOUND, ""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void reads(String name, Consumer<MemoryServiceBlockingStub> call, Reason reason, String field) {
        check(() -> call.accept(MemoryServiceGrpc.newBlockingStub(fixture.channel)), reason, field);
    }

    private static Arguments consistency(String name, UnaryOperator<Consistency.Builder> change, String field) {
        GetRequest request = GetRequest.newBuilder().setSpace("cos").setKey("k")
                .setConsistency(change.apply(Consistency.newBuilder())).build();
        return memory("get: " + name, s -> s.get(request), INVALID_ARGUMENT, field);
    }

    private static Bounded.Builder bound(long seconds) {
        return Bounded.newBuilder().setMaxStaleness(Duration.newBuilder().setSeconds(seconds));
    }

    private static AtLeast positions(Position... positions) {
        return AtLeast.newBuilder().addAllPositions(List.of(positions)).build();
    }

    private static Position position(int shard, long index) {
        return Position.newBuilder().setShard(shard).setIndex(index).build();
    }

    private static Arguments list(String name, UnaryOperator<ListRequest.Builder> change, String field) {
        ListRequest request = change.apply(ListRequest.newBuilder().setSpace("cos")).build();
        return memory("list: " + name, s -> s.list(request), INVALID_ARGUMENT, field);
    }

    private static Arguments filter(String name, Filter filter, String field) {
        return list("filter: " + name, r -> r.setFilter(filter), field);
    }

    private static Filter exists(String attribute) {
        return Filter.newBuilder().setExists(Exists.newBuilder().setAttribute(attribute)).build();
    }

    private static Filter range(UnaryOperator<Range.Builder> change) {
        return Filter.newBuilder().setRange(change.apply(Range.newBuilder().setAttribute("x"))).build();
    }

    private static AttributeValue number(long value) {
        return AttributeValue.newBuilder().setIntValue(value).build();
    }

    private static Arguments recall(String name, UnaryOperator<RecallRequest.Builder> change, Reason reason, String field) {
        RecallRequest request = change.apply(RecallRequest.newBuilder().setSpace("cos").setVector(vector(1, 2, 3))).build();
        return memory("recall: " + name, s -> s.recall(request), reason, field);
    }

    private static void check(Runnable call, Reason reason, String field) {
        Told told = Told.of(catchThrowable(call::run));
        assertThat(told.reason()).as(told.message()).isEqualTo(reason.name());
        assertThat(told.field()).isEqualTo(field);
        assertThat(told.code()).isEqualTo(PromisedCodes.OF.get(reason.name()));
        assertThat(told.message()).isNotBlank();
        if (!field.isEmpty()) assertThat(told.message()).startsWith(field);
    }

    // ---- What does not even parse

    @Test void refuses_text_that_is_not_utf_8_as_bad_input() {
        // Field 1 (space), two bytes that are no UTF-8.
        Told told = Told.of(catchThrowable(() -> raw(new byte[] {0x0a, 2, (byte) 0xc3, 0x28})));
        assertThat(told.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(told.reason()).isEqualTo("INVALID_ARGUMENT");
        assertThat(told.message()).contains("UTF-8");
    }

    @Test void refuses_a_lone_surrogate_encoded_as_three_bytes() {
        Told told = Told.of(catchThrowable(() -> raw(new byte[] {0x0a, 3, (byte) 0xed, (byte) 0xa0, (byte) 0x80})));
        assertThat(told.reason()).isEqualTo("INVALID_ARGUMENT");
    }

    @Test void refuses_a_message_that_is_cut_off() {
        Told told = Told.of(catchThrowable(() -> raw(new byte[] {0x0a, 100, 'x'})));
        assertThat(told.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(told.reason()).isEqualTo("INVALID_ARGUMENT");
    }

    @Test void refuses_a_consistency_of_a_kind_it_does_not_know_instead_of_weakening_it() {
        // GetRequest{space: "cos", key: "k", consistency: {unknown field 9}}
        Told told = Told.of(catchThrowable(() -> raw(new byte[] {0x0a, 3, 'c', 'o', 's', 0x12, 1, 'k', 0x1a, 2, 0x4a, 0})));
        assertThat(told.reason()).isEqualTo("INVALID_ARGUMENT");
        assertThat(told.field()).isEqualTo("consistency");
    }

    /// Calls Get with these bytes as its request.
    private static void raw(byte[] bytes) {
        MethodDescriptor<byte[], GetResponse> method = MethodDescriptor.<byte[], GetResponse>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(MemoryServiceGrpc.getGetMethod().getFullMethodName())
                .setRequestMarshaller(new MethodDescriptor.Marshaller<>() {
                    @Override
                    public InputStream stream(byte[] value) {
                        return new ByteArrayInputStream(value);
                    }

                    @Override
                    public byte[] parse(InputStream stream) {
                        throw new UnsupportedOperationException();
                    }
                })
                .setResponseMarshaller(ProtoUtils.marshaller(GetResponse.getDefaultInstance()))
                .build();
        var _ = ClientCalls.blockingUnaryCall(fixture.channel, method, CallOptions.DEFAULT, bytes);
    }
}
