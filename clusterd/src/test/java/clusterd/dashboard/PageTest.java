package clusterd.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PageTest {
    private static final List<String> MARKUP = List.of("innerHTML", "outerHTML", "insertAdjacentHTML",
            "document.write", "eval(", "setHTML");
    private static final Pattern REFERENCE = Pattern.compile("(?:from '\\.|href=\"|src=\")(/[^\"'#]+)[\"']");

    private static String text(String path) throws IOException {
        return new String(Page.file(path).orElseThrow(), StandardCharsets.UTF_8);
    }

    @Test
    void everyFileIsServedAndEveryServedFileIsThere() throws IOException, URISyntaxException {
        Path folder = Path.of(Page.class.getResource("index.html").toURI()).getParent();
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(new TreeSet<>(files.map(each -> each.getFileName().toString())
                    .filter(each -> !each.endsWith(".class")).toList()), new TreeSet<>(Page.FILES.values()));
        }
        for (String path : Page.FILES.keySet()) {
            assertTrue(Page.file(path).isPresent(), path);
            assertFalse(Page.type(path).isEmpty());
        }
        assertEquals(Optional.empty(), Page.file("/../DashboardServer.class"));
    }

    @Test
    void nothingOfItIsElsewhere() throws IOException {
        int references = 0;
        for (String path : Page.FILES.keySet()) {
            String text = text(path).replace("http://www.w3.org/2000/svg", "");
            assertFalse(text.contains("http://") || text.contains("https://") || text.contains("//cdn"), path);
            for (String found : REFERENCE.matcher(text).results().map(each -> each.group(1)).toList()) {
                assertTrue(Page.FILES.containsKey(found), path + " wants " + found);
                references++;
            }
        }
        assertTrue(references > 10, "references seen: " + references);
    }

    @Test
    void noTextBecomesMarkup() throws IOException {
        for (String path : Page.FILES.keySet()) {
            for (String way : MARKUP) {
                assertFalse(text(path).contains(way), path + " has " + way);
            }
        }
        String index = text("/");
        assertFalse(Pattern.compile("\\son[a-z]+=|<style|style=").matcher(index).find(), "inline code or style");
    }
}
