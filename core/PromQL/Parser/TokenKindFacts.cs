namespace AmpEdge.PromQL;

/// <summary>The groups that the grammar sorts words into.</summary>
internal static class TokenKindFacts
{
    private const int NotAnOperator = 0;

    /// <summary>Precedence of <c>^</c>, the strongest operator.</summary>
    public const int PowerPrecedence = 6;

    public static bool IsOperator(this TokenKind kind) => kind is >= TokenKind.Add and <= TokenKind.At;

    public static bool IsAggregator(this TokenKind kind) => kind is >= TokenKind.Avg and <= TokenKind.TopK;

    public static bool IsKeyword(this TokenKind kind) => kind is >= TokenKind.Anchored and <= TokenKind.Without;

    /// <summary>Words that, followed by a parenthesis, are the call of a function.</summary>
    public static bool IsFunctionName(this TokenKind kind) =>
        kind == TokenKind.Identifier || kind is >= TokenKind.Start and <= TokenKind.MaxOf;

    /// <summary>Words that may be the name of a metric.</summary>
    public static bool IsMetricName(this TokenKind kind) => kind switch
    {
        TokenKind.Identifier or TokenKind.MetricIdentifier => true,
        TokenKind.And or TokenKind.Or or TokenKind.Unless => true,
        TokenKind.Bool or TokenKind.GroupLeft or TokenKind.GroupRight or TokenKind.Ignoring or TokenKind.On => false,
        _ => kind.IsAggregator() || kind.IsKeyword() || kind is >= TokenKind.Start and <= TokenKind.MaxOf,
    };

    /// <summary>Words that may be a label in <c>by</c>, <c>on</c> and so on (<c>without</c> may not).</summary>
    public static bool IsGroupingLabel(this TokenKind kind) => kind switch
    {
        TokenKind.Without => false,
        TokenKind.Atan2 => true,
        TokenKind.Bool or TokenKind.GroupLeft or TokenKind.GroupRight or TokenKind.Ignoring or TokenKind.On => true,
        _ => kind.IsMetricName(),
    };

    public static bool IsLabelMatch(this TokenKind kind) => kind
        is TokenKind.Equal or TokenKind.NotEqual or TokenKind.EqualRegex or TokenKind.NotEqualRegex;

    /// <summary>From 1 (weakest) to <see cref="PowerPrecedence"/>; 0 for what is not a binary operator.</summary>
    public static int Precedence(this TokenKind kind) => kind switch
    {
        TokenKind.Or => 1,
        TokenKind.And or TokenKind.Unless => 2,
        TokenKind.EqualEqual or TokenKind.NotEqual or TokenKind.Less or TokenKind.LessOrEqual or TokenKind.Greater
            or TokenKind.GreaterOrEqual => 3,
        TokenKind.Add or TokenKind.Subtract => 4,
        TokenKind.Multiply or TokenKind.Divide or TokenKind.Modulo or TokenKind.Atan2 or TokenKind.TrimUpper
            or TokenKind.TrimLower => 5,
        TokenKind.Power => PowerPrecedence,
        _ => NotAnOperator,
    };

    public static BinaryOperator ToBinaryOperator(this TokenKind kind) => kind switch
    {
        TokenKind.Add => BinaryOperator.Add,
        TokenKind.Subtract => BinaryOperator.Subtract,
        TokenKind.Multiply => BinaryOperator.Multiply,
        TokenKind.Divide => BinaryOperator.Divide,
        TokenKind.Modulo => BinaryOperator.Modulo,
        TokenKind.Power => BinaryOperator.Power,
        TokenKind.Atan2 => BinaryOperator.Atan2,
        TokenKind.EqualEqual => BinaryOperator.Equal,
        TokenKind.NotEqual => BinaryOperator.NotEqual,
        TokenKind.Less => BinaryOperator.Less,
        TokenKind.LessOrEqual => BinaryOperator.LessOrEqual,
        TokenKind.Greater => BinaryOperator.Greater,
        TokenKind.GreaterOrEqual => BinaryOperator.GreaterOrEqual,
        TokenKind.And => BinaryOperator.And,
        TokenKind.Or => BinaryOperator.Or,
        TokenKind.Unless => BinaryOperator.Unless,
        TokenKind.TrimUpper => BinaryOperator.TrimUpper,
        TokenKind.TrimLower => BinaryOperator.TrimLower,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a binary operator"),
    };

    public static DurationOperator ToDurationOperator(this TokenKind kind) => kind switch
    {
        TokenKind.Add => DurationOperator.Add,
        TokenKind.Subtract => DurationOperator.Subtract,
        TokenKind.Multiply => DurationOperator.Multiply,
        TokenKind.Divide => DurationOperator.Divide,
        TokenKind.Modulo => DurationOperator.Modulo,
        TokenKind.Power => DurationOperator.Power,
        TokenKind.Step => DurationOperator.Step,
        TokenKind.Range => DurationOperator.Range,
        TokenKind.MinOf => DurationOperator.MinOf,
        TokenKind.MaxOf => DurationOperator.MaxOf,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not an operator of durations"),
    };

    public static AggregateOperator ToAggregateOperator(this TokenKind kind) =>
        kind.IsAggregator()
            ? (AggregateOperator)(kind - TokenKind.Avg)
            : throw new ArgumentOutOfRangeException(nameof(kind), kind, "not an aggregation");
}
