package dev.cerberus.recipe.data;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Writes chat conversations of every category from templates; equal random generators
 * give equal conversations. Not thread-safe, because its random generator is not.
 */
public final class ConversationGenerator {

    /** The eight categories of MT-Bench in their usual order. */
    public static final List<String> BENCH_CATEGORIES = List.of("writing", "roleplay", "reasoning", "math", "coding",
            "extraction", "stem", "humanities");

    private static final List<TemplateSet> SETS = List.of(WritingTemplates.set(), RoleplayTemplates.set(),
            ReasoningTemplates.set(), MathTemplates.set(), CodingTemplates.set(), ExtractionTemplates.set(),
            StemTemplates.set(), HumanitiesTemplates.set(), JsonTemplates.set(), ToolTemplates.set(),
            SmallTalkTemplates.set(), CopyTemplates.set());

    private final FillLists lists = new FillLists();

    private final RandomGenerator random;

    public ConversationGenerator(RandomGenerator random) {
        this.random = random;
    }

    /**
     * Returns the names of all categories.
     */
    public static List<String> categories() {
        return SETS.stream().map(TemplateSet::category).toList();
    }

    /**
     * Writes a conversation of a category chosen by weight.
     */
    public Conversation next(Split split) {
        int total = SETS.stream().mapToInt(TemplateSet::weight).sum();
        int point = this.random.nextInt(total);
        for (TemplateSet set : SETS) {
            point -= set.weight();
            if (point < 0) {
                return write(set, this.random.nextInt(set.templates().size()), split);
            }
        }
        throw new IllegalStateException("The weights of the categories do not sum up to " + total);
    }

    /**
     * Writes a conversation of the given category.
     */
    public Conversation next(String category, Split split) {
        TemplateSet set = set(category);
        return write(set, this.random.nextInt(set.templates().size()), split);
    }

    /**
     * Writes a conversation from one template of a category.
     * @param index which template, at least 0; counts on from the first one after the
     * last
     */
    public Conversation next(String category, int index, Split split) {
        TemplateSet set = set(category);
        return write(set, index % set.templates().size(), split);
    }

    private static TemplateSet set(String category) {
        return SETS.stream()
            .filter((set) -> set.category().equals(category))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException(
                    "category must be one of " + categories() + ", was " + category));
    }

    private Conversation write(TemplateSet set, int template, Split split) {
        for (int attempt = 0; attempt < 1000; attempt++) {
            try {
                return set.templates()
                    .get(template)
                    .write(new Fills(this.random, split, this.lists))
                    .build(set.category());
            }
            catch (Fills.RetryException ex) {
                // these facts are known to the other half only: draw again
            }
        }
        throw new IllegalStateException(
                "Template " + template + " of " + set.category() + " has no conversation in " + split);
    }

}
