namespace Dkron.Processors.Notices;

/// <summary>One field's value.</summary>
/// <param name="Text">For people; empty when there is none.</param>
/// <param name="Json">The same as a JSON literal, where it is no text: a number, true, false or null.</param>
internal readonly record struct NoticeValue(string Text, string? Json = null);
