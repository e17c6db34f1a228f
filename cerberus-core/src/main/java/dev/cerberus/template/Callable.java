package dev.cerberus.template;

/** Something a template may call. */
interface Callable {

    /**
     * Calls it.
     * @param arguments what it is given
     * @param rendering the rendering the call belongs to
     * @return the result
     */
    Object call(Arguments arguments, Rendering rendering);

    /**
     * Returns what printing it shows.
     * @return the text
     */
    String describe();

    /**
     * Returns its type as error messages name it.
     * @return the name of the type
     */
    default String typeName() {
        return "function";
    }

}
