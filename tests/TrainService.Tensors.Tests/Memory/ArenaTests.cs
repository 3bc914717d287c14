using TrainService.Tensors.Memory;

namespace TrainService.Tensors.Tests.Memory;

public unsafe class ArenaTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(3 << 20)] // above the size from which huge pages are asked for
    public void Memory_is_aligned_zeroed_and_writable_to_the_end(int length)
    {
        using var arena = new Arena(length);
        arena.Length.ShouldBe(length);
        ((nint)arena.At(0) % Arena.Alignment).ShouldBe(0);
        (arena.At(length) - arena.At(0)).ShouldBe(length);
        Span<float> all = arena.Span(0, length);
        all.IndexOfAnyExcept(0f).ShouldBe(-1);
        all.Fill(1f);
        if (length > 0) arena.At(length - 1)[0].ShouldBe(1f);
    }

    [Fact]
    public void Places_outside_are_refused()
    {
        using var arena = new Arena(100);
        Should.Throw<ArgumentOutOfRangeException>(() => { arena.At(-1); });
        Should.Throw<ArgumentOutOfRangeException>(() => { arena.At(101); });
        Should.Throw<ArgumentOutOfRangeException>(() => { arena.Span(50, 51); });
        Should.Throw<ArgumentOutOfRangeException>(() => { arena.Span(50, -1); });
        Should.Throw<ArgumentOutOfRangeException>(() => new Arena(-1));
        Should.Throw<ArgumentOutOfRangeException>(() => new Arena(long.MaxValue));
    }

    [Fact]
    public void A_block_that_no_machine_has_is_an_error_and_not_a_crash()
        => Should.Throw<OutOfMemoryException>(() => new Arena(1L << 50));

    [Fact]
    public void After_disposal_there_are_no_addresses()
    {
        var arena = new Arena(100);
        arena.Dispose();
        arena.Dispose();
        Should.Throw<ObjectDisposedException>(() => { arena.At(0); });
    }
}
