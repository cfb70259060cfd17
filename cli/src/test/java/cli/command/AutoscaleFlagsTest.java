package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.cluster.Autoscaling;
import api.cluster.ScaleStep;
import api.cluster.ServiceSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Command lines about scaling, and what they make of a spec. */
class AutoscaleFlagsTest {
    private static final String METRIC =
            "service=queue,port=9100,path=/m,name=length,label=a=b,label=\"c=d,e\",rate,average=2.5";

    private final TestConsole console = new TestConsole().with("HOME", "/nonexistent");

    private ServiceSpec made(String... options) throws Exception {
        List<String> words = new ArrayList<>(List.of(options));
        words.add("nginx");
        return ServiceSpec.parseFrom(ServiceRequest.whole(ArgumentParser.parse(new ServiceCreateCommand().syntax(),
                words.toArray(new String[0]), 0), console.console()));
    }

    private static ServiceSpec updated(ServiceSpec before, String... options) throws Exception {
        List<String> words = new ArrayList<>(List.of(options));
        words.add("web");
        Arguments arguments = ArgumentParser.parse(new ServiceUpdateCommand().syntax(),
                words.toArray(new String[0]), 0);
        ServiceSpec.Builder changed = before.toBuilder().setMode(ModeFlags.changed(before.getMode(), arguments));
        AutoscaleFlags.change(changed, arguments);
        return changed.build();
    }

    private void refused(String part, String... options) {
        UsageException refused = assertThrows(UsageException.class, () -> made(options));
        assertTrue(refused.getMessage().contains(part), refused.getMessage());
    }

    @Test
    void aServiceIsAsItWasWithoutThem() throws Exception {
        assertFalse(made().hasAutoscaling());
    }

    @Test
    void whatIsNotSaidIsUsual() throws Exception {
        ServiceSpec spec = made("--autoscale-max", "9", "--autoscale-cpu", "70%");
        assertEquals(1, spec.getMode().getReplicated().getReplicas());
        Autoscaling autoscaling = spec.getAutoscaling();
        assertEquals("1 to 9, cpu 70%", AutoscaleFlags.text(autoscaling));
        assertEquals(300_000, autoscaling.getDownWindowMillis());
        assertEquals(ScaleStep.newBuilder().setPercent(900).setTasks(10).setPeriodMillis(10_000).build(),
                autoscaling.getUpStep());
    }

    @Test
    void everythingCanBeSaid() throws Exception {
        ServiceSpec spec = made("--mode", "replicated-job", "--replicas", "100", "--autoscale-min", "0",
                "--autoscale-max", "9", "--autoscale-metric", METRIC, "--autoscale-up-window", "5s",
                "--autoscale-down-window", "1m", "--autoscale-up-step", "100%,4,15s", "--autoscale-down-step", "2,1m");
        assertEquals(0, spec.getMode().getJob().getParallelism());
        Autoscaling autoscaling = spec.getAutoscaling();
        assertEquals("0 to 9, rate(length{a=\"b\",c=\"d,e\"}) of queue 2.5", AutoscaleFlags.text(autoscaling));
        assertEquals(5_000, autoscaling.getUpWindowMillis());
        assertEquals(60_000, autoscaling.getDownWindowMillis());
        assertEquals(ScaleStep.newBuilder().setPercent(100).setTasks(4).setPeriodMillis(15_000).build(),
                autoscaling.getUpStep());
        assertEquals(ScaleStep.newBuilder().setTasks(2).setPeriodMillis(60_000).build(), autoscaling.getDownStep());
        assertEquals("/m", autoscaling.getTargets(0).getMetric().getQuery().getPath());
    }

    @Test
    void whatIsSaidLaterTakesThePlaceOfItsKind() throws Exception {
        ServiceSpec before = made("--autoscale-max", "9", "--autoscale-cpu", "70", "--autoscale-metric", METRIC);
        ServiceSpec after = updated(before, "--autoscale-cpu", "50", "--autoscale-min", "4");
        assertEquals("4 to 9, rate(length{a=\"b\",c=\"d,e\"}) of queue 2.5, cpu 50%",
                AutoscaleFlags.text(after.getAutoscaling()));
        assertEquals(4, after.getMode().getReplicated().getReplicas());
        assertEquals("4 to 9, cpu 50%", AutoscaleFlags.text(updated(after, "--autoscale-metric", "")
                .getAutoscaling()));
        assertEquals(6, updated(after, "--replicas", "6", "--autoscale-max", "8").getMode().getReplicated()
                .getReplicas());
        assertFalse(updated(after, "--no-autoscale").hasAutoscaling());
        assertEquals(after, updated(after));
    }

    @Test
    void whatIsMissingOrMalformedIsSaid() {
        refused("--autoscale-max is missing", "--autoscale-cpu", "70");
        refused("by what it is scaled is missing", "--autoscale-max", "9");
        refused("port, name and average are needed", "--autoscale-max", "9", "--autoscale-metric", "port=1,name=a");
        refused("unknown field \"prot\"", "--autoscale-max", "9", "--autoscale-metric", "prot=1");
        refused("average is a number", "--autoscale-max", "9", "--autoscale-metric", "port=1,name=a,average=much");
        refused("70 percent", "--autoscale-max", "9", "--autoscale-cpu", "70 percent");
        refused("autoscale-max", "--autoscale-max", "0", "--autoscale-cpu", "70");
    }
}
