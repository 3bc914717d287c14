using TrainService.Tensors.Randomness;

namespace TrainService.Tensors.Tests.Randomness;

public class PhiloxTests
{
    /// <summary>The known answers that Random123 publishes for philox4x32 with ten rounds (kat_vectors).</summary>
    [Theory]
    [InlineData(0x0000000000000000, 0x0000000000000000, 0x0000000000000000, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8)]
    [InlineData(0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd)]
    [InlineData(0x299f31d0a4093822, 0x0370734413198a2e, 0x85a308d3243f6a88, 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1)]
    public void Known_answers(ulong key, ulong high, ulong low, uint x0, uint x1, uint x2, uint x3)
        => Philox.Block(key, high, low).ShouldBe((x0, x1, x2, x3));

    [Fact]
    public void A_stream_gives_the_words_of_its_blocks_in_order()
    {
        var key = PhiloxKey.Of(seed: 7, RandomPurpose.Shuffling, stream: 2, step: (5L << 32) + 9);
        var stream = new PhiloxStream(7, RandomPurpose.Shuffling, 2, (5L << 32) + 9);
        for (ulong block = 0; block < 5; block++)
        {
            (uint x0, uint x1, uint x2, uint x3) = Philox.Block(key.Key, key.High, block);
            uint[] words = [stream.NextUInt32(), stream.NextUInt32(), stream.NextUInt32(), stream.NextUInt32()];
            words.ShouldBe([x0, x1, x2, x3]);
        }
    }

    [Fact]
    public void Streams_of_other_seeds_purposes_numbers_and_steps_differ()
    {
        uint[] first =
        [
            new PhiloxStream(1, RandomPurpose.Dropout, 0).NextUInt32(), new PhiloxStream(2, RandomPurpose.Dropout, 0).NextUInt32(),
            new PhiloxStream(1, RandomPurpose.Noise, 0).NextUInt32(), new PhiloxStream(1, RandomPurpose.Dropout, 1).NextUInt32(),
            new PhiloxStream(1, RandomPurpose.Dropout, 0, 1).NextUInt32(), new PhiloxStream(1, RandomPurpose.Dropout, 0, 1L << 32).NextUInt32(),
        ];
        first.Distinct().Count().ShouldBe(first.Length);
    }
}
