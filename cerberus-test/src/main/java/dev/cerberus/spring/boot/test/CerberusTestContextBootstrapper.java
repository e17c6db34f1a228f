package dev.cerberus.spring.boot.test;

import org.springframework.boot.test.autoconfigure.TestSliceTestContextBootstrapper;

/**
 * The start of a {@link CerberusTest}.
 */
class CerberusTestContextBootstrapper extends TestSliceTestContextBootstrapper<CerberusTest> {

}
