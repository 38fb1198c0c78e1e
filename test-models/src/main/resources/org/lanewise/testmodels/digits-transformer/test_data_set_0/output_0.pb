
BprobabilitiesJ(è=?ïjè5Úv}9¦û¡8B8O)7¥X·6˜jÁ8ô½O8kL ;