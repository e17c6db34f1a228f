package dev.cerberus.sampleapp;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.support.ui.ExpectedCondition;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;

import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.Prompt;
import dev.cerberus.langchain4j.testing.ScriptedGenerator;
import dev.cerberus.langchain4j.testing.SwitchedGenerator;
import dev.cerberus.text.ChatMessage;

/** The page in a real browser over a scripted engine, new for every test. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = ScriptedEngine.NO_HEALTH)
@Import(ScriptedEngine.class)
abstract class AbstractBrowserTests {

    static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private static Path profile;

    static ChromeDriver browser;

    @Autowired
    SwitchedGenerator engine;

    @LocalServerPort
    int port;

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
        browser.executeScript("localStorage.clear()");
        browser.get("http://localhost:" + this.port + "/?fresh");
        await("#examples button");
    }

    static WebElement await(String selector) {
        return until(ExpectedConditions.visibilityOfElementLocated(By.cssSelector(selector)));
    }

    /* The page may replace an element between finding and reading it. */
    static <T> T until(ExpectedCondition<T> condition) {
        return new WebDriverWait(browser, PATIENCE).ignoring(StaleElementReferenceException.class).until(condition);
    }

    static void awaitAnswers(int count) {
        until(ExpectedConditions.numberOfElementsToBe(By.cssSelector(".summary.final"), count));
        until(ExpectedConditions.visibilityOfElementLocated(By.id("send")));
    }

    static WebElement find(String selector) {
        return browser.findElement(By.cssSelector(selector));
    }

    static void say(String message) {
        find("#message").sendKeys(message, Keys.ENTER);
    }

    static List<String> texts(String selector) {
        return browser.findElements(By.cssSelector(selector))
            .stream()
            .map((element) -> Objects.toString(element.getDomProperty("textContent")).strip())
            .toList();
    }

    static List<String> said(ScriptedGenerator script) {
        return said(script.lastRequest());
    }

    static List<String> said(GenerationRequest request) {
        return ((Prompt.Chat) request.prompt()).messages().stream().map(ChatMessage::content).toList();
    }

}
