package clusterd.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ConfirmationsTest {
    private final List<CompletableFuture<Void>> looks = new ArrayList<>();
    private final List<Integer> given = new ArrayList<>();
    private final Confirmations confirmations = new Confirmations(() -> {
        looks.add(new CompletableFuture<>());
        return looks.getLast();
    }, Runnable::run);

    private void ask(int number) {
        confirmations.answer(() -> given.add(number));
    }

    @Test
    void anAnswerWaitsForALookThatBeganAfterItWasAskedFor() {
        ask(1);
        assertEquals(List.of(), given);
        ask(2);
        looks.getFirst().complete(null);
        assertEquals(List.of(1), given);
        looks.getLast().complete(null);
        assertEquals(List.of(1, 2), given);
        assertEquals(2, looks.size());
    }

    @Test
    void whoDoesNotLeadGivesNoneAndTheNextIsLookedAtAnew() {
        ask(1);
        looks.getFirst().completeExceptionally(new IllegalStateException("another leads"));
        ask(2);
        looks.getLast().complete(null);
        assertEquals(List.of(2), given);
    }
}
