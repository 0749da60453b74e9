package io.engram.grid.tier.cold;

import io.engram.grid.GridConfig;
import io.engram.grid.tier.Loopback;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// A process with a cold tier and nothing else. Answers each line of its input with one line, prefixed by `>`; ends with it.
final class ColdNode {
    private ColdNode() {}

    /// @param args rank, folder, hosts of all members
    public static void main(String[] args) throws IOException {
        List<String> hosts = Arrays.asList(args).subList(2, args.length);
        GridConfig grid = Loopback.on(hosts, Path.of(args[1])).cold(hosts.size() - 1).node(Integer.parseInt(args[0]));
        ColdTier tier = IgniteColdTier.open(grid);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) System.out.println(">" + answer(tier, line));
        Runtime.getRuntime().halt(0);
    }

    private static String answer(ColdTier tier, String line) {
        String[] words = line.split(" ", 2);
        try {
            return switch (words[0]) {
                case "health" -> tier.health().state() + " " + tier.health().members();
                case "put" -> {
                    tier.put(words[1], ColdCluster.content(words[1]), ColdCluster.GENEROUS);
                    yield "put";
                }
                case "get" -> {
                    byte[] blob = tier.get(words[1], ColdCluster.GENEROUS).orElse(new byte[0]);
                    yield Arrays.equals(blob, ColdCluster.content(words[1])) ? "right" : "wrong";
                }
                default -> throw new IllegalArgumentException(line);
            };
        } catch (ColdTierException e) {
            return "refused " + e.toString().lines().findFirst().orElse("");
        }
    }
}
