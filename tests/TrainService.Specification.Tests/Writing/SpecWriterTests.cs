using TrainService.Specification.Writing;

namespace TrainService.Specification.Tests.Writing;

public class SpecWriterTests
{
    [Fact]
    public void Everything_is_written_in_the_order_of_the_declarations()
        => SpecWriter.Write(Toys.Read("""{"name": "a", "edge": 2, "type": "box"}""").Value!).ToJsonString().ShouldBe(
            """{"type":"cube","size":2,"hollow":false,"finish":"matt","shade":{"type":"tinted","depth":0.5},"holes":null,"scale":[1,2],"faces":[],"name":"a"}""");

    [Fact]
    public void Members_objects_and_maps_are_written()
        => SpecWriter.Write(Toys.ReadMembers("""{"block": {"type": "span"}, "weights": {"1": 0.5}, "labels": {"b": "2", "a": "1"}, "extra": [1, {"x": null}]}""").Value)
            .ToJsonString().ShouldBe("""
                {"block":{"type":"span","from":0,"to":1},"labels":{"b":"2","a":"1"},"weights":{"1":0.5},"limits":{"threads":1,"seconds":null},"steps":null,"extra":[1,{"x":null}]}
                """.Trim());
}
