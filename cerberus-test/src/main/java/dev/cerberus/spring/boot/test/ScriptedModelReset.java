package dev.cerberus.spring.boot.test;

import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestExecutionListener;

import dev.cerberus.test.ScriptedModel;

/**
 * Has the script forgotten after each test method, since contexts are shared by many.
 */
class ScriptedModelReset implements TestExecutionListener {

    @Override
    public void afterTestMethod(TestContext testContext) {
        if (testContext.hasApplicationContext()) {
            testContext.getApplicationContext().getBeanProvider(ScriptedModel.class).forEach(ScriptedModel::reset);
        }
    }

}
