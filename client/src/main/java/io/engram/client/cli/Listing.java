package io.engram.client.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.engram.client.Answer;
import io.engram.client.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// A list as it was fetched: page by page, each with a proof of its own, since they were read one after another.
///
/// @param proofs in order, one for each page
record Listing<T>(List<T> items, List<Answer<?>> proofs) {
    /// @param limit 0: all
    /// @param fetch the page of this token; empty: the first
    static <T> Listing<T> fetch(long limit, Function<Optional<String>, Answer<Page<T>>> fetch) {
        List<T> items = new ArrayList<>();
        List<Answer<?>> proofs = new ArrayList<>();
        Optional<String> token = Optional.empty();
        do {
            Answer<Page<T>> page = fetch.apply(token);
            proofs.add(page);
            items.addAll(page.value().items());
            token = page.value().nextToken();
        } while (token.isPresent() && (limit == 0 || items.size() < limit));
        return new Listing<>(limit == 0 || items.size() <= limit ? items : items.subList(0, (int) limit), proofs);
    }

    /// `{"<name>": [...], "proofs": [...]}`.
    ObjectNode json(String name, Function<T, JsonNode> one) {
        ObjectNode node = Json.object();
        ArrayNode all = node.putArray(name);
        items.forEach(item -> all.add(one.apply(item)));
        ArrayNode shown = node.putArray("proofs");
        proofs.forEach(answer -> shown.add(Json.proof(answer)));
        return node;
    }
}
