package clusterd.raft;

import java.io.IOException;
import java.util.function.UnaryOperator;

class RatisLogOfThreeTest extends LogContract {
    @Override
    Group open() throws IOException {
        return RatisGroup.of(3, UnaryOperator.identity());
    }
}
