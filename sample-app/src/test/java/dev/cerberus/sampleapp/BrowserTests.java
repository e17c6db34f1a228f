package dev.cerberus.sampleapp;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;

import dev.cerberus.engine.Prompt;
import dev.cerberus.langchain4j.testing.ScriptedGenerator;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page in a real browser over a scripted engine.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = ScriptedEngine.NO_HEALTH)
@Import(ScriptedEngine.class)
class BrowserTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private static Path profile;

    private static ChromeDriver browser;

    @Autowired
    private ScriptedEngine.Switch engine;

    @LocalServerPort
    private int port;

    @BeforeAll
    static void startBrowser() {
        browser = Chromium.start(profile);
    }

    @AfterAll
    static void quitBrowser() {
        if (browser != null) {
            browser.quit();
        }
    }

    @BeforeEach
    void openPage() {
        browser.get("http://localhost:" + this.port + "/");
    }

    private static WebElement await(String selector) {
        return new WebDriverWait(browser, PATIENCE)
            .until(ExpectedConditions.visibilityOfElementLocated(By.cssSelector(selector)));
    }

    private static void say(String message) {
        browser.findElement(By.id("message")).sendKeys(message, Keys.ENTER);
    }

    private static List<String> texts(String selector) {
        return browser.findElements(By.cssSelector(selector))
            .stream()
            .map((element) -> element.getDomProperty("textContent"))
            .toList();
    }

    @Test
    void answerIsStreamedWithAcceptedDraftTokensColoured() {
        this.engine.use(new ScriptedGenerator().target("Once").draft(" upon", " a").target(" time"));
        say("Tell me a story");
        await(".stats");
        assertThat(texts(".question")).containsExactly("Tell me a story");
        assertThat(texts(".answer .text")).containsExactly("Once upon a time");
        assertThat(texts(".answer .draft")).containsExactly(" upon", " a");
        assertThat(texts(".answer .target")).containsExactly("Once", " time");
        String draft = browser.findElement(By.cssSelector(".answer .draft")).getCssValue("background-color");
        String target = browser.findElement(By.cssSelector(".answer .target")).getCssValue("background-color");
        assertThat(draft).isNotEqualTo(target);
        assertThat(browser.findElement(By.id("legend")).getText()).contains("accepted draft token");
    }

    @Test
    void statsTellAcceptanceLengthSpeedAndSkippedSteps() {
        // 4 tokens, one of them a draft: 3 steps, of which 1 drafted; half a second of
        // decoding
        this.engine.use(new ScriptedGenerator().target("a").draft("b").target("c", "d"));
        say("Hi");
        String stats = await(".stats").getText().replace("\n", " ");
        assertThat(stats).contains("Acceptance length 1.33", "Tokens/s 8.0", "Steps 3", "Skipped 2",
                "Drafts kept 1 of 3");
    }

    @Test
    void stopEndsTheRequestAndKeepsWhatCame() throws Exception {
        ScriptedGenerator script = this.engine
            .use(new ScriptedGenerator().target("more ").endless().pause(Duration.ofMillis(20)));
        say("Talk");
        await(".answer .target");
        browser.findElement(By.id("stop")).click();
        assertThat(script.awaitCancelled(PATIENCE)).isTrue();
        assertThat(await(".stats").getText()).isEqualTo("Stopped");
        assertThat(await("#send").isDisplayed()).isTrue();
        assertThat(browser.findElement(By.id("stop")).isDisplayed()).isFalse();
        assertThat(texts(".answer .text").get(0)).startsWith("more ");
    }

    @Test
    void problemIsShownAndTheNextMessageWorks() {
        this.engine.use(new ScriptedGenerator().refusing(Refusals.queueFull()));
        say("Hi");
        assertThat(await(".problem").getText()).contains("queue is full");
        this.engine.use(new ScriptedGenerator().target("Here I am"));
        say("Again");
        await(".stats");
        assertThat(texts(".answer .text")).containsExactly("Here I am");
    }

    @Test
    void messagesOfOnePageAreOneConversation() {
        ScriptedGenerator script = this.engine.use(new ScriptedGenerator().target("ok"));
        say("first");
        await(".stats");
        say("second");
        new WebDriverWait(browser, PATIENCE)
            .until(ExpectedConditions.numberOfElementsToBe(By.cssSelector(".stats"), 2));
        assertThat(((Prompt.Chat) script.lastRequest().prompt()).messages()).hasSize(3);
    }

    @Test
    void answerIsTextAndNeverMarkup() {
        this.engine.use(new ScriptedGenerator().target("<img src=x onerror=alert(1)>\n<b>"));
        say("Hi");
        await(".stats");
        assertThat(texts(".answer .text")).containsExactly("<img src=x onerror=alert(1)>\n<b>");
        assertThat(browser.findElements(By.cssSelector(".answer img, .answer b"))).isEmpty();
    }

    @Test
    void coloursCanBeSwitchedOff() {
        this.engine.use(new ScriptedGenerator().target("a").draft("b"));
        say("Hi");
        await(".stats");
        browser.findElement(By.id("colours")).click();
        assertThat(browser.findElement(By.cssSelector(".answer .draft")).getCssValue("background-color"))
            .isEqualTo(browser.findElement(By.cssSelector(".answer .target")).getCssValue("background-color"));
    }

    @Test
    void pageRunsWithoutErrors() {
        this.engine.use(new ScriptedGenerator().target("ok"));
        say("Hi");
        await(".stats");
        // without an engine there is no Actuator endpoint to ask for its name
        assertThat(browser.manage().logs().get(LogType.BROWSER)).filteredOn(
                (entry) -> entry.getLevel().equals(Level.SEVERE) && !entry.getMessage().contains("actuator/cerberus"))
            .isEmpty();
    }

}
