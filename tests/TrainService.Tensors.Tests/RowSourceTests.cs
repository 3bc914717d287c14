namespace TrainService.Tensors.Tests;

public class RowSourceTests
{
    [Fact]
    public void Float_rows_are_copied_as_they_are()
    {
        var rows = new FloatRows(new float[] { 1, 2, 3, 4, 5, 6 }, rowLength: 3);
        (rows.Count, rows.RowLength).ShouldBe((2, 3));
        float[] row = new float[4];
        rows.CopyRow(1, row);
        row.ShouldBe([4, 5, 6, 0]);
    }

    [Fact]
    public void Byte_rows_are_scaled_and_shifted()
    {
        var rows = new ByteRows(new byte[] { 0, 51, 102, 255 }, rowLength: 2, scale: 1 / 256f, offset: -0.5f);
        (rows.Count, rows.RowLength).ShouldBe((2, 2));
        float[] row = new float[2];
        rows.CopyRow(1, row);
        row.ShouldBe([102 / 256f - 0.5f, 255 / 256f - 0.5f]);
    }

    [Fact]
    public void A_row_asked_for_beforehand_is_the_same_row()
    {
        foreach (RowSource rows in new RowSource[] { new FloatRows(new float[] { 1, 2, 3, 4, 5, 6 }, 3), new ByteRows(new byte[] { 1, 2, 3, 4, 5, 6 }, 3) })
        {
            rows.Prefetch(0);
            rows.Prefetch(1);
            float[] row = new float[3];
            rows.CopyRow(1, row);
            row.ShouldBe([4, 5, 6]);
        }
    }

    [Fact]
    public void Rows_that_are_not_there_and_blocks_that_are_not_whole_rows_are_refused()
    {
        var rows = new FloatRows(new float[6], 3);
        Should.Throw<ArgumentOutOfRangeException>(() => rows.CopyRow(2, new float[3])).Message.ShouldContain("2 rows");
        Should.Throw<ArgumentOutOfRangeException>(() => rows.CopyRow(-1, new float[3]));
        Should.Throw<ArgumentException>(() => rows.CopyRow(0, new float[2]));
        Should.Throw<ArgumentException>(() => new FloatRows(new float[7], 3)).Message.ShouldContain("rows of 3");
        Should.Throw<ArgumentException>(() => new ByteRows(new byte[7], 0));
    }
}
