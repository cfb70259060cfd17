package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.cluster.Mode;
import api.cluster.UpdateStatus;
import org.junit.jupiter.api.Test;

/** When a service is as wanted, and when it will not be. */
class ConvergenceTest {
    private static ListedService service(int running, int wanted) {
        ListedService service = new ListedService();
        service.name = "web";
        service.mode = Mode.REPLICATED_FIELD_NUMBER;
        service.version = 1;
        service.running = running;
        service.wanted = wanted;
        return service;
    }

    private static Convergence of(ListedService service) {
        return Convergence.of(service, Convergence.Wish.RUN, Convergence.Before.NOTHING);
    }

    @Test
    void asManyAsWanted() {
        assertEquals(new Convergence("overall progress: 3 out of 6 tasks", false, ""), of(service(3, 6)));
        assertTrue(of(service(6, 6)).done(), "all run");
        assertTrue(of(service(7, 6)).done(), "more run for a while");
        assertTrue(of(service(0, 0)).done(), "none is wanted");
    }

    @Test
    void whatItLacksItWillNotGet() {
        ListedService service = service(1, 2);
        service.standstill = "1 place gets no other task";
        assertEquals("service web comes no further: 1 place gets no other task", of(service).failure());
        service.running = 2;
        assertTrue(of(service).done(), "it lacks nothing");
    }

    @Test
    void notWhileAChangeIsUnderWay() {
        ListedService service = service(3, 3);
        service.phase = UpdateStatus.Phase.UPDATING_VALUE;
        service.updateStartedMillis = 5;
        assertFalse(of(service).done(), "updating");
        service.phase = UpdateStatus.Phase.ROLLING_BACK_VALUE;
        assertFalse(of(service).done(), "rolling back");
        service.phase = UpdateStatus.Phase.COMPLETED_VALUE;
        assertTrue(of(service).done(), "completed");
    }

    @Test
    void notBeforeTheChangeIsSeen() {
        ListedService service = service(3, 3);
        service.version = 4;
        assertFalse(Convergence.of(service, Convergence.Wish.RUN, new Convergence.Before(4, 0)).done(), "old");
        service.version = 5;
        assertTrue(Convergence.of(service, Convergence.Wish.RUN, new Convergence.Before(4, 0)).done(), "new");
    }

    @Test
    void endsOfAChange() {
        ListedService service = service(2, 3);
        service.updateStartedMillis = 5;
        service.updateMessage = "web.2 failed";
        service.phase = UpdateStatus.Phase.PAUSED_VALUE;
        assertEquals("service update paused: web.2 failed", of(service).failure());
        assertEquals("", Convergence.of(service, Convergence.Wish.RUN,
                new Convergence.Before(0, 5)).failure());
        service.phase = UpdateStatus.Phase.ROLLBACK_PAUSED_VALUE;
        assertEquals("service rollback paused: web.2 failed", of(service).failure());
        service.phase = UpdateStatus.Phase.ROLLED_BACK_VALUE;
        assertEquals("service rolled back: web.2 failed", of(service).failure());
        assertEquals("", Convergence.of(service, Convergence.Wish.ROLL_BACK,
                Convergence.Before.NOTHING).failure());
        service.removed = true;
        assertEquals("service web was removed", of(service).failure());
    }

    @Test
    void jobsAndSchedules() {
        ListedService service = service(0, 2);
        service.mode = Mode.JOB_FIELD_NUMBER;
        service.completed = 1;
        assertEquals(new Convergence("job progress: 1 out of 2 complete", false, ""), of(service));
        service.completed = 2;
        assertTrue(of(service).done(), "complete");
        ListedService cron = service(0, 1);
        cron.mode = Mode.CRON_FIELD_NUMBER;
        assertTrue(of(cron).done(), "nothing is to run yet");
    }
}
