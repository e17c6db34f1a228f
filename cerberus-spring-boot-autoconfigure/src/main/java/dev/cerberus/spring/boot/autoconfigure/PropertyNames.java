package dev.cerberus.spring.boot.autoconfigure;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * The names of the properties that a record of configuration properties takes. Immutable
 * and thread-safe.
 */
final class PropertyNames {

    /** A name that is farther away is another name, not a misspelt one. */
    private static final double MOST_WRONG = 0.5;

    private final ConfigurationPropertyName root;

    /** Names of records, under which values stand. */
    private final List<ConfigurationPropertyName> groups = new ArrayList<>();

    /** Names of values. */
    private final List<ConfigurationPropertyName> values = new ArrayList<>();

    /** Names under which anything may stand, such as those of maps and lists. */
    private final List<ConfigurationPropertyName> open = new ArrayList<>();

    /** Names that everything under a map's key may have. */
    private final List<Nested> nested = new ArrayList<>();

    private record Nested(ConfigurationPropertyName map, PropertyNames names) {
    }

    PropertyNames(String root, Class<? extends Record> type) {
        this.root = ConfigurationPropertyName.of(root);
        add(this.root, type);
    }

    private void add(ConfigurationPropertyName prefix, Class<?> type) {
        for (RecordComponent component : type.getRecordComponents()) {
            ConfigurationPropertyName name = prefix.append(DataObjectPropertyName.toDashedForm(component.getName()));
            Class<?> componentType = component.getType();
            if (componentType.isRecord()) {
                this.groups.add(name);
                add(name, componentType);
            }
            else if (Map.class.isAssignableFrom(componentType) || List.class.isAssignableFrom(componentType)) {
                this.values.add(name);
                addOpen(name, component);
            }
            else {
                this.values.add(name);
            }
        }
    }

    private void addOpen(ConfigurationPropertyName name, RecordComponent component) {
        if (component.getGenericType() instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            if (arguments[arguments.length - 1] instanceof Class<?> element && element.isRecord()) {
                this.nested.add(new Nested(name, new PropertyNames("entry", element.asSubclass(Record.class))));
                return;
            }
        }
        this.open.add(name);
    }

    /**
     * Returns whether a name is known.
     * @param name a name under the root
     */
    boolean knows(ConfigurationPropertyName name) {
        return this.values.contains(name) || this.open.stream().anyMatch((each) -> each.isAncestorOf(name))
                || this.nested.stream().anyMatch((each) -> each.map().isAncestorOf(name) && isKnown(each, name));
    }

    /**
     * Returns whether a name is that of a group of properties.
     * @param name a name under the root
     */
    boolean isGroup(ConfigurationPropertyName name) {
        return this.groups.contains(name);
    }

    private static boolean isKnown(Nested nested, ConfigurationPropertyName name) {
        int depth = nested.map().getNumberOfElements() + 1;
        return name.getNumberOfElements() == depth
                || nested.names().knows(nested.names().root.append(name.subName(depth)));
    }

    /**
     * Returns the known name that is most like an unknown one.
     * @param unknown a name under the root
     * @return a name, unless all are quite different
     */
    Optional<ConfigurationPropertyName> nearest(ConfigurationPropertyName unknown) {
        for (Nested each : this.nested) {
            int depth = each.map().getNumberOfElements() + 1;
            if (each.map().isAncestorOf(unknown) && unknown.getNumberOfElements() > depth) {
                return each.names()
                    .nearest(each.names().root.append(unknown.subName(depth)))
                    .map((name) -> unknown.chop(depth).append(name.subName(1)));
            }
        }
        String text = unknown.toString();
        return this.values.stream()
            .min(Comparator.comparingInt((name) -> distance(text, name.toString()) + groupDistance(unknown, name)))
            .filter((name) -> distance(text, name.toString()) <= MOST_WRONG
                    * (text.length() - this.root.toString().length()));
    }

    /** A wrong word within the right group is more likely than both being wrong. */
    private static int groupDistance(ConfigurationPropertyName one, ConfigurationPropertyName other) {
        return distance(one.getParent().toString(), other.getParent().toString());
    }

    /**
     * Returns how many characters must be inserted, deleted, changed or swapped with
     * their neighbour to make one text of the other.
     */
    private static int distance(String one, String other) {
        int[][] distance = new int[one.length() + 1][other.length() + 1];
        for (int i = 0; i <= one.length(); i++) {
            for (int j = 0; j <= other.length(); j++) {
                if (i == 0 || j == 0) {
                    distance[i][j] = i + j;
                    continue;
                }
                int change = (one.charAt(i - 1) == other.charAt(j - 1)) ? 0 : 1;
                distance[i][j] = Math.min(distance[i - 1][j - 1] + change,
                        1 + Math.min(distance[i - 1][j], distance[i][j - 1]));
                if (i > 1 && j > 1 && one.charAt(i - 1) == other.charAt(j - 2)
                        && one.charAt(i - 2) == other.charAt(j - 1)) {
                    distance[i][j] = Math.min(distance[i][j], distance[i - 2][j - 2] + 1);
                }
            }
        }
        return distance[one.length()][other.length()];
    }

}
