# Completion of aws-sso-cred for PowerShell. This line in the file that $PROFILE names:
#   aws-sso-cred completions powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName 'aws-sso-cred' -ScriptBlock {
    param($word, $line, $cursor)
    $before = @(foreach ($element in $line.CommandElements | Select-Object -Skip 1) {
        if ($element.Extent.EndOffset -ge $cursor) { break }
        if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst]) {
            $element.Value
        } else {
            $element.Extent.Text
        }
    })
    # The word has the quotes that stand around it.
    if ($word -match '^''(.*?)''?$') {
        $word = $Matches[1].Replace("''", "'")
    } elseif ($word -match '^"(.*?)"?$') {
        $word = $Matches[1] -replace '`(.)', '$1'
    }
    $lines = @(& $line.GetCommandName() complete powershell "--word=$word" '--' @before 2>$null)
    if ($lines.Count -lt 2 -or $lines[0] -ne 'values') { return }
    foreach ($found in $lines[1..($lines.Count - 1)]) {
        $value, $about = $found -split "`t", 2
        # PowerShell knows four characters that end a string in single quotes.
        $quoted = [System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($value)
        $text = if ($value -match '^[\w./:=+-]+$') { $value } else { "'$quoted'" }
        if (-not $about) { $about = $value }
        [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $about)
    }
}
