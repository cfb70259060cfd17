package clusterd.template;

import static org.junit.jupiter.api.Assertions.assertEquals;

import api.node.CreateContainerRequest;
import clusterd.model.ContainerTemplate;
import clusterd.model.Resources;
import clusterd.model.TaskTemplate;
import org.junit.jupiter.api.Test;

class ScaleBaseTest {
    private static ScaleBase of(Resources reservation, api.node.Resources.Builder limits) {
        return ScaleBase.of(TaskTemplate.of(new ContainerTemplate("web:1", CreateContainerRequest.newBuilder()
                .setResources(limits).build().toByteArray()), reservation));
    }

    @Test
    void whatIsReservedOrElseTheLimit() {
        api.node.Resources.Builder limits = api.node.Resources.newBuilder().setNanoCpus(500_000_000)
                .setMemoryLimitBytes(64);
        assertEquals(new ScaleBase(200, 32), of(Resources.of(200, 32), limits));
        assertEquals(new ScaleBase(500, 64), of(Resources.NONE, limits));
        assertEquals(new ScaleBase(250, 0), of(Resources.NONE,
                api.node.Resources.newBuilder().setCpuQuotaMicros(25_000)));
        assertEquals(new ScaleBase(0, 0), of(Resources.NONE, api.node.Resources.newBuilder()));
    }

    @Test
    void ofATemplateThatCannotBeReadNothing() {
        assertEquals(new ScaleBase(0, 0), ScaleBase.of(TaskTemplate.of(
                new ContainerTemplate("web:1", new byte[] {(byte) 0xff}), Resources.NONE)));
    }
}
