namespace EnhancedMta.IntegrationTests.Limits;

/// <summary>Tests of this collection run when all others have ended, one after the other.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
