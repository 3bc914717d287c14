using TrainService.Data.Requests;
using TrainService.NeuralNet.Optimizers;
using TrainService.Specification;
using TrainService.Training.Compilation;

namespace TrainService.Training.Tests.Compilation;

/// <summary>Every name that the training vocabulary promises (its sections 1 to 8) is one that a job can say, with the arguments that it promises.</summary>
public class VocabularyNamesTests
{
    [Theory]
    [InlineData("initializer", "glorot_uniform glorot_normal he_uniform he_normal lecun_uniform lecun_normal zeros ones constant random_normal random_uniform truncated_normal orthogonal identity "
        + "variance_scaling{scale,mode,distribution} uniform normal zero xavier_uniform xavier_normal fixup")]
    [InlineData("activation", "linear sigmoid logistic tanh softmax relu relu6 leaky_relu{negative_slope} rrelu{lower,upper} elu{alpha} selu gelu swish silu mish softplus softsign hard_sigmoid hard_swish exponential")]
    [InlineData("layer", "sigmoid logistic tanh softmax relu relu6 leaky_relu{negative_slope} prelu rrelu{lower,upper} elu{alpha} selu gelu swish silu mish softplus softsign hard_sigmoid hard_swish exponential")]
    [InlineData("layer", "batch_normalization{momentum,epsilon,axis,center,scale} layer_normalization group_normalization local_response_normalization normalization")]
    [InlineData("layer", "dropout{rate} alpha_dropout spatial_dropout gaussian_dropout gaussian_noise")]
    [InlineData("layer", "dense flatten reshape permute conv1d conv2d depthwise_conv2d separable_conv2d conv2d_transpose max_pooling2d average_pooling2d global_average_pooling2d global_max_pooling2d "
        + "zero_padding2d cropping2d up_sampling2d add subtract multiply average maximum concatenate rescaling resizing activation embedding")]
    [InlineData("optimizer", "sgd{momentum,nesterov,weight_decay} adagrad rmsprop{rho,momentum,centered} adadelta adam{beta_1,beta_2,epsilon,amsgrad} adamw adamax nadam lion ftrl")]
    [InlineData("schedule", "constant power{staircase} inverse_time exponential{staircase} piecewise_constant{boundaries,values} step linear polynomial{cycle} "
        + "performance{monitor,factor,patience,min_delta,cooldown,min_lr} one_cycle cosine cosine_restarts{first_decay_steps,t_mul,m_mul,alpha} cyclical{mode,base_lr,max_lr,step_size} warmup{steps} custom")]
    [InlineData("regularizer", "l1 l2 l1_l2 orthogonal")]
    [InlineData("constraint", "max_norm{max_value,axis} min_max_norm non_neg unit_norm")]
    [InlineData("callback", "early_stopping{monitor,patience,min_delta,mode,restore_best_weights,start_from_epoch,baseline}")]
    [InlineData("pruning", "constant polynomial{initial_sparsity,final_sparsity,begin_step,end_step,frequency}")]
    [InlineData("loss", "mse mae huber log_cosh mape msle binary_crossentropy{from_logits,label_smoothing} categorical_crossentropy{from_logits,label_smoothing} "
        + "sparse_categorical_crossentropy{from_logits,label_smoothing} kl_divergence poisson hinge squared_hinge categorical_hinge cosine_similarity focal triplet contrastive")]
    [InlineData("metric", "accuracy top_k_accuracy precision recall f1 auc{curve} mae mse rmse r2")]
    [InlineData("model", "xception vgg16 vgg19 resnet50 resnet101 resnet152 resnet50v2 resnet101v2 resnet152v2 inceptionv3 inceptionresnetv2 mobilenet{alpha} mobilenetv2{alpha} densenet121 densenet169 densenet201 "
        + "nasnetmobile nasnetlarge{include_top,classes,input_shape,pooling} alexnet")]
    public void Is_in_the_catalog(string category, string promised)
    {
        ComponentRegistry registry = JobVocabulary.All[category];
        foreach (string entry in promised.Split(' '))
        {
            string name = entry.Split('{')[0];
            ComponentDescriptor? found = registry.Find(name);
            found.ShouldNotBeNull($"{category} {name}; known: {string.Join(" ", registry.Names)}");
            if (name == entry) continue;
            string[] takes = [.. registry.ArgumentsOf(found).Where(a => !a.Unsupported).SelectMany(a => (string[])[a.Name, .. a.Aliases])];
            foreach (string argument in entry[(name.Length + 1)..^1].Split(',')) takes.ShouldContain(argument, $"{category} {name}");
        }
    }

    [Fact]
    public void Every_optimizer_takes_what_all_take()
    {
        foreach (ComponentDescriptor optimizer in JobVocabulary.All["optimizer"].Descriptors)
        {
            optimizer.Arguments.Select(a => a.Name).ShouldBeSubsetOfOthers(["learning_rate", "clipvalue", "clipnorm", "global_clipnorm", "weight_decay", "ema", "gradient_accumulation_steps", "decay"], optimizer.Name);
            optimizer.Arguments.Single(a => a.Name == OptimizerSettings.Rate).Words.ShouldContain("auto");
        }
    }

    [Theory]
    [InlineData("", "dataset model loss loss_weights metrics weighted_metrics class_weight optimizer schedule phases callbacks pruning batch_size epochs shuffle seed kind lr_find")]
    [InlineData("dataset", "name validation_split validation split classes limit features label preprocess augment")]
    public void A_job_takes_the_keys(string member, string promised)
    {
        IReadOnlyList<ArgumentSpec> declared = JobVocabulary.Reader.Declared;
        if (member.Length > 0) declared = declared.Single(a => a.Name == member).Members;
        declared.Select(a => a.Name).ShouldBeSubsetOfOthers(promised.Split(' '), member);
    }

    [Fact]
    public void Preprocessing_has_what_self_normalizing_networks_need()
        => DatasetRequest.Arguments.Single(a => a.Name == "preprocess").Category.ShouldBe("preprocessor");
}

file static class Names
{
    public static void ShouldBeSubsetOfOthers(this IEnumerable<string> known, IEnumerable<string> wanted, string of)
    {
        string[] all = [.. known];
        wanted.Where(w => !all.Contains(w, StringComparer.Ordinal)).ShouldBeEmpty($"{of} takes {string.Join(" ", all)}");
    }
}
