package dev.cerberus.template;

/** Python's {@code None}, so that no value of a template is a Java null. */
enum None {

    NONE

}
