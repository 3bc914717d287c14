namespace TrainService.NeuralNet.Tests.Sessions;

public sealed class AccumulationTests
{
    private const string Layers = """
        [{"type": "dense", "units": 30, "activation": "elu", "kernel_regularizer": "l2"}, {"type": "dense", "units": 4, "activation": "softmax"}]
        """;

    public static TheoryData<string> Optimizers => new(
        "\"type\": \"sgd\", \"learning_rate\": 0.1", "\"type\": \"sgd\", \"learning_rate\": 0.1, \"momentum\": 0.9, \"nesterov\": true, \"weight_decay\": 0.01",
        "\"type\": \"adam\", \"learning_rate\": 0.01", "\"type\": \"nadam\", \"learning_rate\": 0.01, \"clipnorm\": 0.1",
        "\"type\": \"rmsprop\", \"learning_rate\": 0.01, \"global_clipnorm\": 0.2", "\"type\": \"adamax\", \"learning_rate\": 0.01, \"clipvalue\": 0.003");

    // The mean of three means over 16 rows is the mean over 48 rows, penalties once.
    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Three_batches_of_16_are_one_of_48(string optimizer)
    {
        using Training whole = new(Layers, $"{{{optimizer}}}", batch: 48), gathered = new(Layers, $$"""{{{optimizer}}, "gradient_accumulation_steps": 3}""", batch: 16);
        for (int update = 0; update < 6; update++)
        {
            whole.Steps(1);
            float[] before = gathered.Weights();
            gathered.Steps(2);
            gathered.Weights().ShouldBe(before);
            gathered.Steps(1);
            float[] expected = whole.Weights(), actual = gathered.Weights();
            for (int i = 0; i < expected.Length; i++) actual[i].ShouldBe(expected[i], 2e-5f, $"weight {i} after update {update + 1}");
        }
    }

    [Fact]
    public void One_batch_an_update_is_what_happens_anyway()
    {
        using Training plain = new(Layers, """{"type": "adam"}"""), one = new(Layers, """{"type": "adam", "gradient_accumulation_steps": 1}""");
        plain.Steps(4);
        one.Steps(4);
        one.Bits().ShouldBe(plain.Bits());
    }
}
