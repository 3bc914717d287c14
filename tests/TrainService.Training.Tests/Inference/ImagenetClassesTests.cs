using TrainService.Training.Inference.Classes;

namespace TrainService.Training.Tests.Inference;

public class ImagenetClassesTests
{
    [Fact]
    public void The_thousand_stand_in_the_order_of_WordNets_numbers()
    {
        ImagenetClasses.Names.Count.ShouldBe(1000);
        ImagenetClasses.Ids.ShouldBe(ImagenetClasses.Ids.Order(StringComparer.Ordinal));
        (ImagenetClasses.Ids[0], ImagenetClasses.Names[0]).ShouldBe(("n01440764", "tench"));
        (ImagenetClasses.Ids[470], ImagenetClasses.Names[470]).ShouldBe(("n02948072", "candle"));
        (ImagenetClasses.Ids[999], ImagenetClasses.Names[999]).ShouldBe(("n15075141", "toilet_tissue"));
    }

    [Fact]
    public void Darknet_has_the_same_ones_in_another_order()
    {
        ImagenetClasses.DarknetNames.Take(3).ShouldBe(["kit_fox", "English_setter", "Siberian_husky"]);
        ImagenetClasses.DarknetNames.Order().ShouldBe(ImagenetClasses.Names.Order());
    }
}
