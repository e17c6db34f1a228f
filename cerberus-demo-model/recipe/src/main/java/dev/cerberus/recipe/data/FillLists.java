package dev.cerberus.recipe.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The word lists and fact tables that templates draw from, read from class path
 * resources. Thread-safe.
 */
public final class FillLists {

    private static final int MINIMUM_HELD_OUT = 3;

    private final Map<String, List<String>> all = new ConcurrentHashMap<>();

    private final Map<String, List<String>> training = new ConcurrentHashMap<>();

    private final Map<String, List<String>> heldOut = new ConcurrentHashMap<>();

    private final Map<String, List<Map<String, String>>> tables = new ConcurrentHashMap<>();

    /**
     * Returns every entry of a list.
     */
    public List<String> list(String name) {
        return this.all.computeIfAbsent(name, (key) -> read("lists/" + key + ".txt"));
    }

    /**
     * Returns the entries of a list that belong to one half: a tenth is held out, three
     * at least.
     */
    public List<String> list(String name, Split split) {
        return split == Split.HELD_OUT ? this.heldOut.computeIfAbsent(name, this::heldOutPart)
                : this.training.computeIfAbsent(name, this::trainingPart);
    }

    /**
     * Returns the rows of a table, each as column name to value.
     */
    public List<Map<String, String>> table(String name) {
        return this.tables.computeIfAbsent(name, FillLists::readTable);
    }

    private List<String> heldOutPart(String name) {
        List<String> entries = list(name);
        return entries.stream()
            .sorted(Comparator.comparingInt(Split::hash))
            .limit(Math.max(MINIMUM_HELD_OUT, entries.size() / 10))
            .toList();
    }

    private List<String> trainingPart(String name) {
        Set<String> excluded = new HashSet<>(list(name, Split.HELD_OUT));
        return list(name).stream().filter((entry) -> !excluded.contains(entry)).toList();
    }

    private static List<Map<String, String>> readTable(String name) {
        List<String> lines = read("tables/" + name + ".tsv");
        String[] columns = lines.get(0).split("\t", -1);
        List<Map<String, String>> rows = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split("\t", -1);
            if (cells.length != columns.length) {
                throw new IllegalStateException("table " + name + " has " + columns.length
                        + " columns, but this row has " + cells.length + ": " + line);
            }
            Map<String, String> row = new LinkedHashMap<>();
            for (int i = 0; i < columns.length; i++) {
                row.put(columns[i], cells[i]);
            }
            rows.add(row);
        }
        return List.copyOf(rows);
    }

    private static List<String> read(String path) {
        try (InputStream in = FillLists.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalArgumentException("There is no fill resource " + path + " beside FillLists");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                .filter((line) -> !line.isBlank())
                .toList();
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

}
