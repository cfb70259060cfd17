package clusterd.raft;

import java.io.IOException;
import java.util.function.UnaryOperator;

class RatisLogOfOneTest extends LogContract {
    @Override
    Group open() throws IOException {
        return RatisGroup.of(1, UnaryOperator.identity());
    }
}
