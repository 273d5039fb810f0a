namespace AmpEdge.IngestServer.Rules;

/// <summary>A rule at work.</summary>
internal interface IRule
{
    RuleDefinition Definition { get; }

    /// <summary>Evaluates the rule at a time and gives its samples.</summary>
    /// <param name="querier">Answers the expression.</param>
    /// <param name="timeMs">The evaluation time.</param>
    /// <param name="offsetMs">How far before it to look.</param>
    /// <param name="limit">The most series or alerts; 0 for any number.</param>
    /// <param name="cancel">Ends the evaluation.</param>
    /// <exception cref="RuleFailedException">There is no usable result.</exception>
    Task<IReadOnlyList<RuleSample>> EvaluateAsync(
        IRuleQuerier querier, long timeMs, long offsetMs, int limit, CancellationToken cancel);
}
