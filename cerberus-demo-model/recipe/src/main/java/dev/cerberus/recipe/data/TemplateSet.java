package dev.cerberus.recipe.data;

import java.util.List;

/**
 * The templates of one category.
 *
 * @param category lower-case category name
 * @param weight share of this category among all conversations, relative to the other
 * weights, above 0
 * @param templates the templates, chosen with equal chance
 */
public record TemplateSet(String category, int weight, List<ConversationTemplate> templates) {

    public TemplateSet {
        templates = List.copyOf(templates);
        if (weight <= 0) {
            throw new IllegalArgumentException("weight must be above 0, was " + weight);
        }
        if (templates.isEmpty()) {
            throw new IllegalArgumentException("category " + category + " needs at least one template");
        }
    }
}
