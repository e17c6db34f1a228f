package dev.cerberus.template;

/** A filter. */
@FunctionalInterface
interface Filter {

    /**
     * Applies the filter.
     * @param value what stands in front of it
     * @param arguments its arguments
     * @param rendering the rendering
     * @return the result
     */
    Object apply(Object value, Arguments arguments, Rendering rendering);

}
