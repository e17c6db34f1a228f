package dev.cerberus;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;

import dev.cerberus.engine.CerberusEngine;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.callMethod;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * The directions and bans that keep the core's packages apart.
 */
@AnalyzeClasses(packages = "dev.cerberus", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

    private static final String ROOT = "dev.cerberus.";

    private static final String[] FOUNDATION = { "java..", "org.jspecify.." };

    @ArchTest
    static final ArchRule adviceNeedsNothing = only("advice");

    @ArchTest
    static final ArchRule treeNeedsNothing = only("tree");

    @ArchTest
    static final ArchRule gateNeedsNothing = only("gate");

    @ArchTest
    static final ArchRule sampleNeedsNothing = only("sample");

    @ArchTest
    static final ArchRule templateNeedsNothing = only("template");

    @ArchTest
    static final ArchRule acceptNeedsTree = only("accept", "tree");

    @ArchTest
    static final ArchRule modelNeedsTreeAndSample = only("model", "advice", "tree", "sample");

    @ArchTest
    static final ArchRule decodeNeedsWhatDecides = only("decode", "advice", "tree", "accept", "gate", "sample",
            "constrain", "model");

    private static ArchRule only(String name, String... others) {
        Set<String> allowed = new TreeSet<>(Set.of(FOUNDATION));
        allowed.add(ROOT + name);
        for (String other : others) {
            allowed.add(ROOT + other);
        }
        return classes().that()
            .resideInAPackage(ROOT + name)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(allowed.toArray(new String[0]))
            .because("what decides is plain Java, is tested without a tensor, and points in one direction");
    }

    @ArchTest
    static final ArchRule tensorsStayInOnePackage = noClasses().that()
        .resideOutsideOfPackages(ROOT + "djl..", ROOT + "text..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.djl..")
        .because("only dev.cerberus.djl knows the tensor library, so that it can be replaced");

    @ArchTest
    static final ArchRule textUsesTheTokenizerOnly = noClasses().that()
        .resideInAPackage(ROOT + "text..")
        .should()
        .dependOnClassesThat(resideInAPackage("ai.djl..").and(not(resideInAPackage("ai.djl.huggingface.."))))
        .because("the tokenizer ships with DJL, but text needs none of its tensors");

    @ArchTest
    static final ArchRule tokenizerIsUsedByTextOnly = noClasses().that()
        .resideOutsideOfPackage(ROOT + "text..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.djl.huggingface..")
        .because("everything else sees token ids");

    @ArchTest
    static final ArchRule noFramework = noClasses().should()
        .dependOnClassesThat(
                resideInAnyPackage("org.springframework..", "io.micrometer..", "dev.langchain4j..", "picocli.."))
        .because("the core runs in any Java program");

    @ArchTest
    static final ArchRule hubNeedsNothingOfOurs = noClasses().that()
        .resideInAPackage(ROOT + "hub..")
        .should()
        .dependOnClassesThat(resideInAPackage("dev.cerberus..").and(not(resideInAPackage(ROOT + "hub.."))))
        .because("fetching files knows nothing of what is in them, so that it can be trusted and tested alone");

    @ArchTest
    static final ArchRule constraintsNeedNoModel = noClasses().that()
        .resideInAPackage(ROOT + "constrain..")
        .should()
        .dependOnClassesThat(resideInAPackage("dev.cerberus..").and(not(resideInAPackage(ROOT + "constrain.."))))
        .because("which tokens may come is decided, and tested, without a model");

    @ArchTest
    static final ArchRule networkIsUsedByTheHubOnly = noClasses().that()
        .resideOutsideOfPackage(ROOT + "hub..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.net.http..")
        .because("one package says what leaves the machine");

    @ArchTest
    static final ArchRule noCycles = slices().matching("dev.cerberus.(*)..")
        .should()
        .beFreeOfCycles()
        .because("packages that need each other are one package");

    @ArchTest
    static final ArchRule noTensorsInPublicMethods = methods().that()
        .arePublic()
        .and()
        .areDeclaredInClassesThat()
        .resideOutsideOfPackage(ROOT + "djl..")
        .should(notMention("ai.djl.ndarray"))
        .because("tensors have owners and threads that callers outside the package can not know");

    private static ArchCondition<JavaMethod> notMention(String packageName) {
        return new ArchCondition<>("not mention types of " + packageName) {

            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                method.getAllInvolvedRawTypes()
                    .stream()
                    .filter((type) -> type.getPackageName().startsWith(packageName))
                    .forEach((type) -> events.add(SimpleConditionEvent.violated(method,
                            method.getDescription() + " mentions " + type.getSimpleName())));
            }

        };
    }

    @ArchTest
    static final ArchRule noConsole = noClasses().should()
        .accessFieldWhere(DescribedPredicate.describe("it is System.out or System.err",
                (JavaAccess<?> access) -> access.getTargetOwner().isEquivalentTo(System.class)
                        && Set.of("out", "err").contains(access.getName())))
        .because("a library writes to a logger");

    @ArchTest
    static final ArchRule noHiddenRandomness = noClasses().should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.util.Random")
        .orShould()
        .callMethod(Math.class, "random")
        .because("a RandomGenerator is passed in, so that every result can be repeated");

    @ArchTest
    static final ArchRule noDefaultLocale = noClasses().should(callMethod(String.class, "toLowerCase"))
        .orShould(callMethod(String.class, "toUpperCase"))
        .because("the machine's language must not change names; use " + Locale.class.getSimpleName() + ".ROOT");

    @ArchTest
    static final ArchRule everyPackageIsNullMarked = classes()
        .should(new ArchCondition<JavaClass>("live in a package marked @NullMarked") {

            @Override
            public void check(JavaClass type, ConditionEvents events) {
                if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
                    events.add(SimpleConditionEvent.violated(type, type.getPackageName()
                            + " has no package-info.java with @NullMarked, seen at " + type.getSimpleName()));
                }
            }

        })
        .because("null is a type");

    @ArchTest
    static final ArchRule utilitiesAndImplementationsAreFinal = classes().that()
        .doNotHaveModifier(JavaModifier.ABSTRACT)
        .and()
        .areNotInterfaces()
        .and()
        .areNotAssignableTo(RuntimeException.class)
        .and()
        .areNotAnonymousClasses()
        .and()
        .areNotEnums()
        .and()
        // a bean, which may be proxied
        .doNotHaveFullyQualifiedName(CerberusEngine.class.getName())
        .should()
        .haveModifier(JavaModifier.FINAL)
        .because("nothing here is meant to be extended, except by what says so");

}
