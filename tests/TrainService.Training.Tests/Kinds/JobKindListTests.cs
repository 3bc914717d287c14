using TrainService.Jobs.Specs.Kinds;
using TrainService.Training.Kinds;

namespace TrainService.Training.Tests.Kinds;

public class JobKindListTests
{
    [Fact]
    public void Every_kind_that_can_be_asked_for_is_done_by_one_class()
        => JobKindList.All.Select(k => k.Spec).ShouldBe(JobKinds.All);
}
