package runtime.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChallengeTest {
    @Test
    void readsWhatRegistriesSend() {
        assertEquals(List.of(new Challenge("bearer", Map.of("realm", "https://auth.example/token",
                        "service", "registry", "scope", "repository:a:pull,push"))),
                Challenge.parse(List.of("Bearer realm=\"https://auth.example/token\","
                        + "service=\"registry\",scope=\"repository:a:pull,push\"")));
        assertEquals(List.of(new Challenge("basic", Map.of("realm", "a \"b\" c"))),
                Challenge.parse(List.of("Basic Realm = \"a \\\"b\\\" c\"")));
    }

    @Test
    void readsSeveralInOneAndInManyHeaders() {
        List<Challenge> challenges = Challenge.parse(List.of(
                "Negotiate, Basic realm=x , Bearer realm=\"y\", service=z", "Digest"));
        assertEquals(List.of("negotiate", "basic", "bearer", "digest"),
                challenges.stream().map(Challenge::scheme).toList());
        assertEquals(Optional.of("z"), challenges.get(2).parameter("service"));
        assertEquals(Optional.empty(), challenges.get(1).parameter("service"));
    }

    @Test
    void anyTextIsSurvived() {
        assertEquals(List.of(), Challenge.parse(List.of("", ",,,", "=", "\"", " \t ")));
        Random random = new Random(5);
        String letters = "Bb =\",\\\t\u00e9\u0000";
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(20); i > 0; i--) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            assertTrue(Challenge.parse(List.of(text.toString())).size() <= text.length());
        }
    }
}
