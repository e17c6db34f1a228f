package dev.cerberus.template;

import java.util.ArrayList;
import java.util.List;

/**
 * What {@code keys()}, {@code values()} and {@code items()} of a dictionary give.
 *
 * @param dict the dictionary
 * @param part which part is seen
 */
record DictView(Dict dict, Part part) {

    /** Part of a dictionary. */
    enum Part {

        KEYS("dict_keys"), VALUES("dict_values"), ITEMS("dict_items");

        private final String typeName;

        Part(String typeName) {
            this.typeName = typeName;
        }

        String typeName() {
            return this.typeName;
        }

    }

    List<Object> elements() {
        List<Object> elements = new ArrayList<>(this.dict.size());
        for (Dict.Entry entry : this.dict.entries()) {
            elements.add(switch (this.part) {
                case KEYS -> entry.key();
                case VALUES -> entry.value();
                case ITEMS -> entry.tuple();
            });
        }
        return elements;
    }

}
